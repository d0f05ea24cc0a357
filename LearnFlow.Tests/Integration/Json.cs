using System.Net.Http.Json;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>Answers as a client sees them: JSON, not our types.</summary>
internal static class Json
{
    public static async Task<JsonElement> AskAsync(this HttpClient client, object ask)
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/triage", ask);
        var json = await reply.ReadAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{(int)reply.StatusCode}: {json}");
        return json;
    }

    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage reply) =>
        await reply.Content.ReadFromJsonAsync<JsonElement>();

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
