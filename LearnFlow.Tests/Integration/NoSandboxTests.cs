using System.Net;
using System.Net.Http.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack that cannot run code: its cache would have to be inside a file.</summary>
public sealed class NoSandboxStack : LearnFlowStack<GarnetUnderTest>
{
    protected override IEnumerable<string> Settings => [$"--Sandbox:CacheFolder={typeof(NoSandboxStack).Assembly.Location}/cache"];
}

/// <summary>Where code cannot be run, that alone is missing.</summary>
public sealed class NoSandboxTests(NoSandboxStack stack) : IClassFixture<NoSandboxStack>
{
    [Theory]
    [InlineData("/api/v1/run")]
    [InlineData("/api/v1/exercises/bus-ride-time/submissions")]
    public async Task Running_and_grading_say_what_is_missing(string path)
    {
        using var maya = await stack.SignInAsync("maya");

        using var reply = await maya.PostAsJsonAsync(path, new { code = "print(1)" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal("urn:learnflow:problem:sandbox-unavailable", (await reply.ReadAsync()).Text("type"));
    }

    [Fact]
    public async Task Everything_else_works()
    {
        using var maya = await stack.SignInAsync("maya");

        var debug = await maya.AskAsync(new { query = "my code does not work", code = "items = [1]\nfor item in items:\n    items.remove(item)\n" });
        Assert.Contains("items", debug.GetProperty("answer").Text("markdown"), StringComparison.Ordinal);
        Assert.Equal("answered", (await maya.AskAsync(new { query = "give me an exercise" })).Text("status"));
        Assert.Equal("answered", (await maya.AskAsync(new { query = "what is a list?" })).Text("status"));
    }
}
