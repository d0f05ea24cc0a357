using System.Net.Http.Json;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A flag that an admin has switched over HTTP, for as long as a test needs it so.</summary>
internal sealed class SwitchedFlag : IAsyncDisposable
{
    private readonly HttpClient _admin;
    private readonly string _name;

    private SwitchedFlag(HttpClient admin, string name) => (_admin, _name) = (admin, name);

    public static string PathOf(string name) => $"/api/v1/admin/flags/{name}";

    /// <summary>Switches a flag; the end of the test lets its setting hold again.</summary>
    public static async Task<SwitchedFlag> SwitchAsync(HttpClient admin, string name, bool enabled)
    {
        using var reply = await admin.PutAsJsonAsync(PathOf(name), new { enabled, reason = "a test" });
        reply.EnsureSuccessStatusCode();
        return new(admin, name);
    }

    /// <summary>A flag as it stands.</summary>
    public static async Task<JsonElement> ReadAsync(HttpClient admin, string name) =>
        (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/flags")).GetProperty("flags").EnumerateArray()
        .Single(flag => flag.Text("name") == name);

    public async ValueTask DisposeAsync()
    {
        using var reply = await _admin.DeleteAsync(PathOf(_name));
        reply.EnsureSuccessStatusCode();
    }
}
