using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Deploy;

/// <summary>
/// What a container of the agents has of this machine: the published files, a user who owns none of them and has no home,
/// and an empty <c>/tmp</c> of its own.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ContainerStandIn : IDisposable
{
    private const string Nobody = "65534";
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;
    private const UnixFileMode ReadableByEverybody = (UnixFileMode)0x1ED;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _client;

    private ContainerStandIn(Process process, int port, string temporary)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Temporary = temporary;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its <c>/tmp</c>.</summary>
    public string Temporary { get; }

    public string Output => string.Join('\n', _output);

    public static ContainerStandIn Start(string published)
    {
        var port = Tools.FreePort();
        var temporary = Directory.CreateTempSubdirectory("learnflow-container-").FullName;
        File.SetUnixFileMode(temporary, Everybody);
        File.SetUnixFileMode(published, ReadableByEverybody);
        string[] program =
        [
            Tools.Require("dotnet"), Path.Combine(published, "LearnFlow.Agents.dll"), $"--urls=http://127.0.0.1:{port}",
            // Nobody listens there: the sandbox does not need Redis.
            $"--{Topology.RedisSetting}=127.0.0.1:1",
        ];
        // Root could write anywhere; whoever is not root cannot become somebody else, and owns the files.
        string[] command = Environment.IsPrivilegedProcess
            ? [Tools.Require("setpriv"), "--reuid", Nobody, "--regid", Nobody, "--clear-groups", .. program]
            : program;
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = published,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        start.Environment["HOME"] = "/nonexistent";
        return new ContainerStandIn(Process.Start(start)!, port, temporary);
    }

    public async Task<JsonElement> RunPythonAsync(string code)
    {
        await Eventually.HoldsAsync($"the agents listen; they said: {Output}", async () =>
        {
            Assert.False(_process.HasExited, Output);
            try
            {
                using var alive = await _client.GetAsync(Topology.AlivePath);
                return alive.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        using var reply = await _client.PostAsJsonAsync(AgentRoutes.Path(AgentRole.Exercise, AgentRoutes.Run), new { code });
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{json}\n{Output}");
        return json;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(Temporary, recursive: true);
    }
}
