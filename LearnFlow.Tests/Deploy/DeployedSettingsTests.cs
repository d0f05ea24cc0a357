using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using k8s.Models;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using StackExchange.Redis;

namespace LearnFlow.Tests.Deploy;

/// <summary>The programs, started with what the manifests give their containers.</summary>
public sealed class DeployedSettingsTests(Production production) : IClassFixture<Production>
{
    private static readonly byte[] SigningKey = RandomNumberGenerator.GetBytes(32);

    private static readonly Dictionary<string, string> Secret = new()
    {
        ["redis-password"] = "0123456789abcdef",
        ["signing-key"] = Convert.ToBase64String(SigningKey),
        ["audit-key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
    };

    [Fact]
    public async Task Triage_starts_and_believes_the_tokens_of_the_deployed_key()
    {
        var data = Directory.CreateTempSubdirectory("learnflow-deployed-").FullName;
        await using var triage = LearnFlow.Triage.Program.Create(
        [
            .. ArgumentsOf(Topology.Triage),
            "--urls=http://127.0.0.1:0", $"--{Topology.RedisSetting}=127.0.0.1:1", $"--{Topology.DataFolderSetting}={data}",
            "--Logging:LogLevel:Default=Error",
        ]);
        await triage.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(triage.Urls.Single()) };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Topology.AlivePath));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/api/v1/triage/circuit-breakers"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sign());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/api/v1/triage/circuit-breakers"));
        // No demo users where students are.
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync(new Uri("/api/v1/session", UriKind.Relative), null)).StatusCode);

        await triage.StopAsync(TestContext.Current.CancellationToken);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void Triage_finds_each_agent_where_its_service_is()
    {
        var settings = SettingsOf(Topology.Triage);

        Assert.All(AgentRole.All, role =>
        {
            var address = new Uri(settings[Topology.AsEnvironmentVariable(Topology.AddressSetting(role))]);
            var service = production.Cluster.Services.Single(one => one.Metadata.Name == address.Host);
            Assert.Contains(service.Spec.Ports, port => port.Port == address.Port);
            Assert.Equal(role.Name, SettingsOf(role.Resource)[Topology.AsEnvironmentVariable(Topology.RolesSetting)]);
        });
    }

    [Fact]
    public async Task Redis_keeps_what_it_acknowledged_when_it_is_killed()
    {
        Tools.Require("redis-server");
        var folder = Directory.CreateTempSubdirectory("learnflow-redis-").FullName;
        var port = Tools.FreePort();
        var container = production.Cluster.StatefulSets.Single().Spec.Template.Spec.Containers[0];
        var claim = Assert.Single(production.Cluster.StatefulSets.Single().Spec.VolumeClaimTemplates);
        Assert.Equal("/data", container.VolumeMounts.Single(mount => mount.Name == claim.Metadata.Name).MountPath);

        using (await StartAsync())
        {
            await using var redis = await ConnectAsync();
            Assert.Equal("always", await ConfiguredAsync(redis, "appendfsync"));
            Assert.Equal("noeviction", await ConfiguredAsync(redis, "maxmemory-policy"));
            Assert.Equal($"{1L << 30}", await ConfiguredAsync(redis, "maxmemory"));
            await redis.GetDatabase().StringSetAsync("accepted", "a message");
        }

        using (await StartAsync())
        {
            await using var redis = await ConnectAsync();
            Assert.Equal("a message", await redis.GetDatabase().StringGetAsync("accepted"));
        }

        Directory.Delete(folder, recursive: true);

        async Task<KilledAtTheEnd> StartAsync()
        {
            // Its disk and its port are elsewhere on this machine.
            var line = container.Args[1].Replace("--dir /data", $"--dir {folder} --port {port} --bind 127.0.0.1", StringComparison.Ordinal);
            var start = new ProcessStartInfo(container.Command[0], [container.Args[0], line]) { RedirectStandardOutput = true };
            foreach (var (name, value) in SettingsOf(Topology.Redis))
            {
                start.Environment[name] = value;
            }

            var process = Process.Start(start)!;
            process.BeginOutputReadLine();
            await Eventually.HoldsAsync("redis-server listens", () => Task.FromResult(!ServiceDefaults.ServiceProgram.IsPortFree(port)));
            return new KilledAtTheEnd(process);
        }

        Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(
            $"{SettingsOf(Topology.Triage)[Topology.AsEnvironmentVariable(Topology.RedisSetting)]
                .Replace("redis:6379", $"127.0.0.1:{port}", StringComparison.Ordinal)},allowAdmin=true");

        static async Task<string> ConfiguredAsync(ConnectionMultiplexer redis, string name) =>
            (await redis.GetServers().Single().ConfigGetAsync(name)).Single().Value;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var reply = await client.GetAsync(new Uri(path, UriKind.Relative));
        return reply.StatusCode;
    }

    private static string Sign() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "learnflow",
        Audience = "learnflow",
        Expires = DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = "ada", ["role"] = "student" },
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(SigningKey) { KeyId = "deployed" }, SecurityAlgorithms.HmacSha256),
    });

    private string[] ArgumentsOf(string workload) =>
        [.. SettingsOf(workload).Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}")];

    /// <summary>The environment of a container, as the kubelet makes it: what it names wins over what it takes whole.</summary>
    private Dictionary<string, string> SettingsOf(string workload)
    {
        var container = production.Cluster.Workloads.Single(one => one.Name == workload).Pod.Containers[0];
        var settings = container.EnvFrom
            .Select(source => production.Cluster.Objects.OfType<V1ConfigMap>().Single(map => map.Metadata.Name == source.ConfigMapRef.Name))
            .SelectMany(map => map.Data ?? new Dictionary<string, string>())
            .ToDictionary();
        foreach (var variable in container.Env)
        {
            settings[variable.Name] = variable.ValueFrom is { } from ? Secret[from.SecretKeyRef.Key] : settings.Aggregate(
                variable.Value, (value, known) => value.Replace($"$({known.Key})", known.Value, StringComparison.Ordinal));
        }

        return settings;
    }

    private sealed class KilledAtTheEnd(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
