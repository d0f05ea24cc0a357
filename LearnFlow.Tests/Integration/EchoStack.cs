using System.Net.Http.Json;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Http;

namespace LearnFlow.Tests.Integration;

/// <summary>A stack whose agents give back what they are asked, so that whatever a student sends comes out again.</summary>
/// <typeparam name="TRedis">Which Redis.</typeparam>
public class EchoStack<TRedis> : StandInStack<TRedis>
    where TRedis : RedisUnderTest, new()
{
    protected override IEnumerable<string> Settings => ["--FeatureManagement:EnableBatchProcessing=true"];

    public override async ValueTask InitializeAsync()
    {
        Agents.Reply = Echo;
        await base.InitializeAsync();
        // The first answers take what code they need to compile: on a busy machine more than an agent's time.
        using var anyone = As("first");
        foreach (var path in (string[])["/api/v1/progress", "/api/v1/quizzes/any"])
        {
            await Eventually.HoldsAsync("the agents are heard", async () =>
            {
                using var reply = await anyone.GetAsync(path);
                return reply.StatusCode == System.Net.HttpStatusCode.NotFound;
            });
        }

        await Eventually.HoldsAsync("the agents answer", async () =>
        {
            using var reply = await anyone.PostAsJsonAsync("/api/v1/triage", new { query = "what is a list?" });
            return reply.IsSuccessStatusCode;
        });
    }

    /// <summary>Answers a question with its own words; of anything else says that there is no such thing.</summary>
    public static Task Echo(AgentCall call, HttpContext context)
    {
        if (call.Path.EndsWith(AgentRoutes.Answer, StringComparison.Ordinal))
        {
            var words = ((string[])["query", "code", "error"])
                .Where(name => call.Question.TryGetProperty(name, out _))
                .Select(name => call.Question.Text(name));
            return context.Response.WriteAsJsonAsync(new { markdown = string.Join("\n\n", words) });
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsJsonAsync(
            new { type = "urn:learnflow:problem:not-found", title = "Not found", status = 404, detail = $"{call.Path} {call.Question}" },
            options: null,
            "application/problem+json");
    }
}

/// <summary>The stack of the tests of what is sent.</summary>
public sealed class InputStack : EchoStack<GarnetUnderTest>;

/// <summary>Tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class InputCollection : ICollectionFixture<InputStack>
{
    public const string Name = "Input";
}
