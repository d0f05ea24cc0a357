using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>Answers as a client sees them: JSON, not our types.</summary>
internal static class Json
{
    /// <summary>Gives a client the token of a demo user.</summary>
    public static async Task SignInAsync(this HttpClient client, string user)
    {
        using var reply = await client.PostAsJsonAsync("/api/v1/session", new { user });
        reply.EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", (await reply.ReadAsync()).Text("accessToken"));
    }

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
