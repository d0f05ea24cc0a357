using System.Text.Json;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.AppHost.OneProcess;

/// <summary>What was on record when a process ended, however it did, is there in the next one.</summary>
public sealed class AuditProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-apphost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_could_be_read_outlives_a_kill_and_what_was_answered_a_stop()
    {
        List<string> readable;
        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var maya = await process.SignInAsync("maya");
            using var admin = await process.SignInAsync("admin");
            var asking = Enumerable.Range(0, 200).Select(_ => Task.Run(() => maya.AskAsync(new { query = "what's the weather?" }))).ToList();
            await Eventually.HoldsAsync("some are on record", async () => (await IdsAsync(admin)).Count > 20);
            readable = await IdsAsync(admin);
            await process.KillAsync();
            await Task.WhenAll(asking.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        }

        List<string> answered = [];
        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var maya = await process.SignInAsync("maya");
            using var admin = await process.SignInAsync("admin");
            Assert.Empty(readable.Except(await IdsAsync(admin)));
            await IsWholeAsync(admin);
            for (var i = 0; i < 20; i++)
            {
                answered.Add((await maya.AskAsync(new { query = "what's the weather?" })).Text("requestId"));
            }

            Assert.Equal(0, await process.InterruptAsync());
        }

        using (var process = AppHostProcess.Start(_folder, "--RateLimit:PerMinute=100000"))
        {
            using var admin = await process.SignInAsync("admin");
            var ids = await IdsAsync(admin);
            Assert.Empty(readable.Concat(answered).Except(ids));
            Assert.Equal(ids.Count, ids.Distinct().Count());
            await IsWholeAsync(admin);
        }
    }

    private static async Task<List<string>> IdsAsync(HttpClient admin)
    {
        using var reply = await admin.GetAsync("/api/v1/admin/audit?student=maya&limit=500");
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
