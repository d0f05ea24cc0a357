using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.AppHost.OneProcess;
using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LearnFlow.Tests.Triage.Commands;

/// <summary>
/// A LearnFlow for <c>verify</c>: a process of its own, since .NET gathers metrics by process, and those of all stacks of a
/// process end with the first that does.
/// </summary>
public sealed class VerifiedHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-verify-").FullName;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private AppHostProcess _process = null!;

    public Uri Address => _process.Address;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = AppHostProcess.Start(
            _folder,
            "--Authentication:SigningKeys:0:Id=own",
            $"--Authentication:SigningKeys:0:Algorithm={SigningKey.Hs256}",
            $"--Authentication:SigningKeys:0:Key={Convert.ToBase64String(_key)}");
        Admin = await _process.SignInAsync("admin");
        var missing = "";
        await Eventually.HoldsAsync("the sandbox is compiled", async () =>
        {
            using var reply = await Admin.PostAsJsonAsync("/api/v1/run", new { code = "1" });
            var json = await reply.ReadAsync();
            missing = reply.StatusCode == HttpStatusCode.ServiceUnavailable ? json.Text("detail") : "";
            return reply.IsSuccessStatusCode || json.Text("type").EndsWith("sandbox-unavailable", StringComparison.Ordinal);
        });
        Tools.RequireThat(missing.Length == 0, missing);
    }

    public ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A token that it believes.</summary>
    public string SignToken(string subject, string role = "student", DateTime? expires = null) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = TokenOptions.DefaultIssuer,
        Audience = "learnflow",
        NotBefore = DateTime.UtcNow.AddHours(-2),
        Expires = expires ?? DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = subject, ["role"] = role },
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(_key) { KeyId = "own" }, SecurityAlgorithms.HmacSha256),
    });
}

/// <summary>A stack whose debug agent is not there.</summary>
public sealed class NoDebugAgentStack : LearnFlowStack<GarnetUnderTest>
{
    private readonly int _nobody = Tools.FreePort();

    protected override string? AgentAddress(AgentRole role) => role == AgentRole.Debug ? $"http://127.0.0.1:{_nobody}" : null;
}

/// <summary><c>verify</c> against a LearnFlow that runs: it finds nothing where nothing is wrong, and what is wrong where it is.</summary>
public sealed class VerifyCommandTests(VerifiedHost host) : IClassFixture<VerifiedHost>
{
    private static readonly string[] NeedAnAdmin =
        ["flags", "dead letters", "reading others' messages", "audit record", "audit chains"];

    [Fact]
    public async Task All_holds_where_nothing_is_wrong()
    {
        var result = await TriageProgram.RunAsync("verify", "--url", $"{host.Address}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output[..^1];
        Assert.All(lines, line => Assert.StartsWith("holds ", line, StringComparison.Ordinal));
        Assert.Equal($"{lines.Length} hold, 0 do not, 0 were not checked.", result.Output[^1]);
        Assert.All(AgentRole.All, role => Assert.Contains(lines, line => line.Contains($" agent {role.Resource} ", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("version 1.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("17, all as they are shipped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_are_arguments_or_in_the_environment_and_are_never_printed(bool areArguments)
    {
        var (token, admin) = (host.SignToken($"verifier-{Guid.NewGuid():N}"), host.SignToken("root", "admin"));

        var result = areArguments
            ? await TriageProgram.RunAsync("verify", "--url", $"{host.Address}", "--token", token, "--admin-token", admin)
            : await TriageProgram.RunWithAsync(
                new() { ["LEARNFLOW_TOKEN"] = token, ["LEARNFLOW_ADMIN_TOKEN"] = admin }, "verify", "--url", $"{host.Address}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(result.Output, line => line.StartsWith("holds", StringComparison.Ordinal) && line.Contains("is believed", StringComparison.Ordinal));
        Assert.Empty(NotChecked(result));
        Assert.DoesNotContain(token, string.Join('\n', result.Output), StringComparison.Ordinal);
        Assert.DoesNotContain(admin, string.Join('\n', result.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_an_admin_is_not_checked_without_one_and_does_not_count_as_passed()
    {
        var result = await TriageProgram.RunAsync("verify", "--url", $"{host.Address}", "--token", host.SignToken("verifier"));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(NeedAnAdmin, NotChecked(result));
        Assert.EndsWith(" 0 do not, 5 were not checked.", result.Output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_believed_is_told_and_nothing_is_asked_with_it()
    {
        var expired = host.SignToken("verifier", expires: DateTime.UtcNow.AddHours(-1));

        var result = await TriageProgram.RunAsync("verify", "--url", $"{host.Address}", "--token", expired);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["token"], Failed(result));
        Assert.Contains("streaming", NotChecked(result));
    }

    [Fact]
    public async Task A_limit_that_is_switched_off_is_found()
    {
        using var off = await host.Admin.PutAsJsonAsync("/api/v1/admin/flags/EnableRateLimiting", new { enabled = false, reason = "a test" });
        off.EnsureSuccessStatusCode();
        try
        {
            var result = await TriageProgram.RunAsync("verify", "--url", $"{host.Address}");

            Assert.Equal(1, result.ExitCode);
            Assert.Equal(["rate limit"], Failed(result));
            Assert.Contains(result.Output, line => line.Contains("not as they are shipped: EnableRateLimiting off", StringComparison.Ordinal));
        }
        finally
        {
            using var on = await host.Admin.DeleteAsync("/api/v1/admin/flags/EnableRateLimiting");
        }
    }

    [Theory]
    [InlineData("X-Content-Type-Options", "security headers")]
    [InlineData("RateLimit", "rate limit")]
    [InlineData("Accept", "streaming")]
    public async Task A_header_that_is_taken_away_is_missed(string header, string check)
    {
        await using var gateway = await GatewayStandIn.StartAsync(host.Address, without: header);

        await FailsAsync(gateway, check);
    }

    [Theory]
    [InlineData("/metrics", 200, "{}", "metrics")]
    [InlineData("/alive", 500, "{}", "alive")]
    [InlineData("/api/v1/run", 503, "{}", "running code")]
    [InlineData("/api/v1/session", 404, "{}", "token")]
    [InlineData("/api/v1/admin/flags", 200, """{"flags":[]}""", "flags")]
    [InlineData("/api/v1/admin/audit/verify", 200, """{"isWhole":false,"records":9,"unknownKeys":0,"problems":[{}]}""", "audit chains")]
    [InlineData("/api/v1/admin/audit", 200, """{"records":[]}""", "audit record")]
    [InlineData("/api/v1/triage/health/review-agent", 200, "[]", "agent review-agent")]
    public async Task A_route_that_answers_something_else_is_found(string path, int status, string body, string check)
    {
        await using var gateway = await GatewayStandIn.StartAsync(host.Address, async context =>
        {
            // Of the flags, what an admin is told alone.
            if (context.Request.Path != path || (path.EndsWith("flags", StringComparison.Ordinal) && !await IsAdminAsync(context)))
            {
                return false;
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
            return true;
        });

        await FailsAsync(gateway, check);
    }

    [Fact]
    public async Task A_gateway_that_lets_in_who_has_no_token_is_found()
    {
        var token = host.SignToken("anybody");
        await using var gateway = await GatewayStandIn.StartAsync(host.Address, context =>
        {
            if (context.Request.Headers.Authorization.Count == 0)
            {
                context.Request.Headers.Authorization = $"Bearer {token}";
            }

            return Task.FromResult(false);
        });

        await FailsAsync(gateway, "no token");
    }

    [Fact]
    public async Task A_gateway_that_believes_any_token_is_found()
    {
        var believed = (host.SignToken("anybody"), host.SignToken("root", "admin"));
        await using var gateway = await GatewayStandIn.StartAsync(host.Address, context =>
        {
            var token = context.Request.Headers.Authorization.ToString();
            if (token.Length > 0 && token != $"Bearer {believed.Item2}")
            {
                context.Request.Headers.Authorization = $"Bearer {believed.Item1}";
            }

            return Task.FromResult(false);
        });

        await FailsAsync(gateway, "wrong tokens", "--token", believed.Item1, "--admin-token", believed.Item2);
    }

    [Fact]
    public async Task Where_nobody_answers_there_is_no_LearnFlow()
    {
        var result = await TriageProgram.RunAsync("verify", "--url", $"http://127.0.0.1:{Tools.FreePort()}");

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Equal(["health"], Failed(result));
        Assert.Equal(["everything else"], NotChecked(result));
    }

    [Fact]
    public async Task What_answers_like_something_else_is_no_LearnFlow()
    {
        await using var other = await GatewayStandIn.StartAsync(host.Address, async context =>
        {
            await context.Response.WriteAsync("Welcome!");
            return true;
        });

        await FailsAsync(other, "health");
    }

    [Theory]
    [InlineData("--url")]
    [InlineData("--url", "--url", "ftp://example.org")]
    [InlineData("--url", "--url", "example.org")]
    [InlineData("--token", "--url", "http://example.org", "--token", "hunter2hunter2")]
    [InlineData("--all", "--url", "http://example.org", "--all")]
    public async Task Wrong_arguments_are_told_and_tokens_are_not(string told, params string[] arguments)
    {
        var result = await TriageProgram.RunAsync(["verify", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_token_behind_a_misspelled_option_is_not_printed()
    {
        var token = host.SignToken("verifier");

        var result = await TriageProgram.RunAsync("verify", "--url", $"{host.Address}", "--tokne", token);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--tokne", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token[..20], result.Error, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(GatewayStandIn gateway, string check, params string[] arguments)
    {
        var result = await TriageProgram.RunAsync(["verify", "--url", gateway.Address, .. arguments]);

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Equal([check], Failed(result));
    }

    /// <summary>Whether a token says that it is an admin's.</summary>
    private static Task<bool> IsAdminAsync(HttpContext context)
    {
        var claims = context.Request.Headers.Authorization.ToString().Split('.').ElementAtOrDefault(1) ?? "";
        return Task.FromResult(System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(claims)).Contains("\"admin\"", StringComparison.Ordinal));
    }

    internal static string[] Failed(TriageProgram.Result result) => Checks(result, "FAILS ");

    private static string[] NotChecked(TriageProgram.Result result) => Checks(result, "not checked ");

    /// <summary>The checks whose line begins so.</summary>
    private static string[] Checks(TriageProgram.Result result, string outcome) =>
    [
        .. result.Output[..^1]
            .Where(line => line.StartsWith(outcome, StringComparison.Ordinal))
            .Select(line => line[13..].Split("  ")[0]),
    ];
}

/// <summary><c>verify</c> where an agent is down.</summary>
public sealed class VerifyWithoutAgentTests(NoDebugAgentStack stack) : IClassFixture<NoDebugAgentStack>
{
    [Fact]
    public async Task An_agent_that_is_down_is_named_and_nothing_else()
    {
        await Sandboxes.RequireAsync(stack);

        var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}");

        Assert.Equal(1, result.ExitCode);
        // Metrics end with those of another stack of this process.
        Assert.Equal(["agent debug-agent"], VerifyCommandTests.Failed(result).Except(["metrics"]));
        Assert.Contains(result.Output, line => line.Contains("agent debug-agent", StringComparison.Ordinal) && line.Contains("is down", StringComparison.Ordinal));
    }
}
