using System.Text.Json;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.AppHost.OneProcess;

/// <summary>What was on record when a process ended, however it did, is there in the next one.</summary>
public sealed class AuditProcessTests : IDisposable
{
    /// <summary>Much longer than it takes until the embedded Redis has written to the disk what it holds.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-apphost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_on_record_outlives_a_kill_while_asking_and_what_was_answered_a_stop()
    {
        List<string> answered = [];
        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var maya = await process.SignInAsync("maya");
            using var admin = await process.SignInAsync("admin");
            await AskAsync(maya, answered);
            await Eventually.HoldsAsync("they have been on record for a while", async () =>
                (await IdsAsync(admin, DateTimeOffset.UtcNow - Settled)).Count == answered.Count);
            var asking = Enumerable.Range(0, 100).Select(_ => Task.Run(() => maya.AskAsync(new { query = "what's the weather?" }))).ToList();
            await Task.WhenAny(asking);
            await process.KillAsync();
            await Task.WhenAll(asking.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        }

        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var maya = await process.SignInAsync("maya");
            using var admin = await process.SignInAsync("admin");
            Assert.Empty(answered.Except(await IdsAsync(admin)));
            await IsWholeAsync(admin);
            await AskAsync(maya, answered);
            Assert.Equal(0, await process.InterruptAsync());
        }

        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var admin = await process.SignInAsync("admin");
            var ids = await IdsAsync(admin);
            Assert.Empty(answered.Except(ids));
            Assert.Equal(ids.Count, ids.Distinct().Count());
            await IsWholeAsync(admin);
        }
    }

    private static async Task AskAsync(HttpClient student, List<string> answered)
    {
        for (var i = 0; i < 20; i++)
        {
            answered.Add((await student.AskAsync(new { query = "what's the weather?" })).Text("requestId"));
        }
    }

    private static async Task<List<string>> IdsAsync(HttpClient admin, DateTimeOffset? to = null)
    {
        using var reply = await admin.GetAsync($"/api/v1/admin/audit?student=maya&limit=500{(to is null ? "" : $"&to={to:yyyy-MM-ddTHH:mm:ssZ}")}");
        return [.. (await reply.ReadAsync()).GetProperty("records").EnumerateArray()
            .Select(entry => entry.GetProperty("record").Text("requestId"))];
    }

    private static async Task IsWholeAsync(HttpClient admin)
    {
        using var reply = await admin.GetAsync("/api/v1/admin/audit/verify");
        var verification = await reply.ReadAsync();
        Assert.True(verification.GetProperty("isWhole").GetBoolean(), JsonSerializer.Serialize(verification));
    }
}
