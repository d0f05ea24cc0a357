using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using LearnFlow.Tests.Docs;

namespace LearnFlow.Tests.Integration;

/// <summary>A redis-server whose files tests may copy.</summary>
public sealed class CopiedRedisServer : RedisServerUnderTest
{
    public string Files => Folder;

    public int ListensOn => Port;
}

/// <summary>A stack with a key of its own for the audit trail, as is kept beside a backup.</summary>
public sealed class BackupStack : LearnFlowStack<CopiedRedisServer>
{
    private static readonly string AuditKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    protected override IEnumerable<string> Settings => [$"--Audit:Keys:0={AuditKey}"];
}

/// <summary><c>docs/operations/backup.md</c>, carried out: its own commands, while students ask.</summary>
public sealed class BackupTests : IDisposable
{
    private const string Quiz = "/api/v1/quizzes/basics";

    private readonly string _backup = Directory.CreateTempSubdirectory("learnflow-backup-").FullName;

    public void Dispose() => Directory.Delete(_backup, recursive: true);

    [Fact]
    public async Task What_was_answered_learnt_and_recorded_before_a_backup_is_there_after_its_restore()
    {
        Tools.Require("redis-cli");
        Tools.Require("redis-check-aof");
        var commands = Pages.Blocks("docs/operations/backup.md").Where(block => block.Text.Contains("$BACKUP", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, commands.Count);

        string[] ids = [.. Enumerable.Range(0, 20).Select(_ => $"kept-{Guid.NewGuid():N}")];
        Dictionary<string, string> answers = [];
        string progress;
        JsonElement trail = default;
        await using (var stack = new BackupStack())
        {
            await stack.InitializeAsync();
            using var maya = stack.As("maya");
            using var admin = stack.As("root", "admin");
            foreach (var id in ids)
            {
                answers[id] = (await maya.AskAsync(new { query = "what is a list?", requestId = id })).GetRawText();
            }

            await AnswerQuizAsync(maya);
            progress = await maya.GetStringAsync("/api/v1/progress", TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync("all is on record", async () =>
                (trail = await TrailAsync(admin)).GetProperty("records").GetInt64() >= ids.Length);

            using var enough = new CancellationTokenSource();
            using var james = stack.As("james");
            var asking = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await james.AskAsync(new { query = "what is a tuple?" });
                }
            });
            await RunAsync(commands[0].Text, stack);
            await enough.CancelAsync();
            await asking;
            await RunAsync(commands[1].Text, stack);
        }

        await using var restored = new BackupStack();
        await RunAsync(commands[2].Text, restored);
        await restored.InitializeAsync();

        using var mayaAgain = restored.As("maya");
        foreach (var id in ids)
        {
            Assert.Equal(answers[id], await mayaAgain.GetStringAsync($"/api/v1/triage/{id}", TestContext.Current.CancellationToken));
        }

        Assert.Equal(progress, await mayaAgain.GetStringAsync("/api/v1/progress", TestContext.Current.CancellationToken));
        using var adminAgain = restored.As("root", "admin");
        var trailAgain = await TrailAsync(adminAgain);
        Assert.True(trailAgain.GetProperty("isWhole").GetBoolean(), $"{trailAgain}");
        Assert.Equal(0, trailAgain.GetProperty("unknownKeys").GetInt64());
        Assert.True(trailAgain.GetProperty("records").GetInt64() >= trail.GetProperty("records").GetInt64(), $"{trail}, then {trailAgain}");

        // It goes on from there.
        Assert.Equal("answered", (await mayaAgain.AskAsync(new { query = "what is a set?" })).Text("status"));
        await Eventually.HoldsAsync("the trail goes on", async () =>
            (await TrailAsync(adminAgain)) is var now && now.GetProperty("isWhole").GetBoolean()
            && now.GetProperty("records").GetInt64() > trailAgain.GetProperty("records").GetInt64());
    }

    private static async Task AnswerQuizAsync(HttpClient student)
    {
        var quiz = await student.GetFromJsonAsync<JsonElement>(Quiz);
        var answers = quiz.GetProperty("questions").EnumerateArray().ToDictionary(question => question.Text("id"), question => question.GetProperty("choices")[0].GetString());
        using var reply = await student.PostAsJsonAsync($"{Quiz}/answers", new { answers });
        reply.EnsureSuccessStatusCode();
    }

    private static Task<JsonElement> TrailAsync(HttpClient admin) => admin.GetFromJsonAsync<JsonElement>("/api/v1/admin/audit/verify");

    /// <summary>Runs commands of the page as an operator does, and stops at the first that fails.</summary>
    private async Task RunAsync(string commands, BackupStack stack)
    {
        using var shell = Process.Start(new ProcessStartInfo(Tools.Require("bash"), ["-ec", commands])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["REDIS_PORT"] = $"{stack.Redis.ListensOn}", ["REDIS_DATA"] = stack.Redis.Files, ["BACKUP"] = _backup,
            },
        })!;
        var output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{await output}{error}");
    }
}
