using System.Net.Http.Json;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using Microsoft.AspNetCore.Http;

namespace LearnFlow.Tests.Triage.Commands;

/// <summary>The stack of the tests of <c>verify</c>, whose messages nobody else counts.</summary>
public sealed class VerifyStack : LearnFlowStack<GarnetUnderTest>;

/// <summary>A stack whose debug agent is not there.</summary>
public sealed class NoDebugAgentStack : LearnFlowStack<GarnetUnderTest>
{
    private readonly int _nobody = Tools.FreePort();

    protected override string? AgentAddress(AgentRole role) => role == AgentRole.Debug ? $"http://127.0.0.1:{_nobody}" : null;
}

/// <summary><c>verify</c> against a LearnFlow that runs: it finds nothing where nothing is wrong, and what is wrong where it is.</summary>
public sealed class VerifyCommandTests(VerifyStack stack) : IClassFixture<VerifyStack>, IAsyncLifetime
{
    private static readonly string[] NeedAnAdmin =
        ["flags", "dead letters", "reading others' messages", "audit record", "audit chains"];

    public async ValueTask InitializeAsync() => await Sandboxes.RequireAsync(stack);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task All_holds_where_nothing_is_wrong()
    {
        var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}");

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
        var (token, admin) = (stack.SignToken($"verifier-{Guid.NewGuid():N}"), stack.SignToken("root", "admin"));

        var result = areArguments
            ? await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}", "--token", token, "--admin-token", admin)
            : await TriageProgram.RunWithAsync(
                new() { ["LEARNFLOW_TOKEN"] = token, ["LEARNFLOW_ADMIN_TOKEN"] = admin }, "verify", "--url", $"{stack.Address}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(result.Output, line => line.StartsWith("holds", StringComparison.Ordinal) && line.Contains("is believed", StringComparison.Ordinal));
        Assert.Empty(NotChecked(result));
        Assert.DoesNotContain(token, string.Join('\n', result.Output), StringComparison.Ordinal);
        Assert.DoesNotContain(admin, string.Join('\n', result.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_an_admin_is_not_checked_without_one_and_does_not_count_as_passed()
    {
        var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}", "--token", stack.SignToken("verifier"));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(NeedAnAdmin, NotChecked(result));
        Assert.EndsWith(" 0 do not, 5 were not checked.", result.Output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_believed_is_told_and_nothing_is_asked_with_it()
    {
        var expired = stack.SignToken("verifier", change: token => token.Expires = DateTime.UtcNow.AddHours(-1));

        var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}", "--token", expired);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["token"], Failed(result));
        Assert.Contains("streaming", NotChecked(result));
    }

    [Fact]
    public async Task A_limit_that_is_switched_off_is_found()
    {
        using var admin = await stack.SignInAsync("admin");
        using var off = await admin.PutAsJsonAsync("/api/v1/admin/flags/EnableRateLimiting", new { enabled = false, reason = "a test" });
        off.EnsureSuccessStatusCode();
        try
        {
            var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}");

            Assert.Equal(1, result.ExitCode);
            Assert.Equal(["rate limit"], Failed(result));
            Assert.Contains(result.Output, line => line.Contains("not as they are shipped: EnableRateLimiting off", StringComparison.Ordinal));
        }
        finally
        {
            using var on = await admin.DeleteAsync("/api/v1/admin/flags/EnableRateLimiting");
        }
    }

    [Theory]
    [InlineData("X-Content-Type-Options", "security headers")]
    [InlineData("RateLimit", "rate limit")]
    [InlineData("Accept", "streaming")]
    public async Task A_header_that_is_taken_away_is_missed(string header, string check)
    {
        await using var gateway = await GatewayStandIn.StartAsync(stack.Address, without: header);

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
        await using var gateway = await GatewayStandIn.StartAsync(stack.Address, async context =>
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
        var token = stack.SignToken("anybody");
        await using var gateway = await GatewayStandIn.StartAsync(stack.Address, context =>
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
        var believed = (stack.SignToken("anybody"), stack.SignToken("root", "admin"));
        await using var gateway = await GatewayStandIn.StartAsync(stack.Address, context =>
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
        await using var other = await GatewayStandIn.StartAsync(stack.Address, async context =>
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
        var token = stack.SignToken("verifier");

        var result = await TriageProgram.RunAsync("verify", "--url", $"{stack.Address}", "--tokne", token);

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
        Assert.Equal(["agent debug-agent"], VerifyCommandTests.Failed(result));
    }
}
