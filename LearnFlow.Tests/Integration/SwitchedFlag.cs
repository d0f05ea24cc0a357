using System.Net.Http.Json;
using System.Text.Json;

namespace LearnFlow.Tests.Integration;

/// <summary>A flag that an admin has switched over HTTP, for as long as a test needs it so.</summary>
internal sealed class SwitchedFlag : IAsyncDisposable
{
    private readonly HttpClient _admin;
    private readonly string _name;
    private readonly HttpClient[] _others;

    private SwitchedFlag(HttpClient admin, string name, HttpClient[] others) => (_admin, _name, _others) = (admin, name, others);

    public static string PathOf(string name) => $"/api/v1/admin/flags/{name}";

    /// <summary>Switches a flag; the end of the test lets its setting hold again.</summary>
    /// <param name="admin">An admin, on the replica that is asked to switch it.</param>
    /// <param name="name">The flag.</param>
    /// <param name="enabled">What it is to be.</param>
    /// <param name="others">An admin on each replica that is to have heard of it, now and at the end.</param>
    public static async Task<SwitchedFlag> SwitchAsync(HttpClient admin, string name, bool enabled, params HttpClient[] others)
    {
        using var reply = await admin.PutAsJsonAsync(PathOf(name), new { enabled, reason = "a test" });
        reply.EnsureSuccessStatusCode();
        var switched = new SwitchedFlag(admin, name, others);
        await switched.IsHeardAsync();
        return switched;
    }

    /// <summary>A flag as it stands.</summary>
    public static async Task<JsonElement> ReadAsync(HttpClient admin, string name) =>
        (await admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/flags")).GetProperty("flags").EnumerateArray()
        .Single(flag => flag.Text("name").Equals(name, StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync()
    {
        using var reply = await _admin.DeleteAsync(PathOf(_name));
        reply.EnsureSuccessStatusCode();
        await IsHeardAsync();
    }

    private async Task IsHeardAsync()
    {
        var flag = (await ReadAsync(_admin, _name)).GetRawText();
        foreach (var other in _others)
        {
            await Eventually.HoldsAsync("another replica has heard of the flag", async () =>
                (await ReadAsync(other, _name)).GetRawText() == flag);
        }
    }
}
