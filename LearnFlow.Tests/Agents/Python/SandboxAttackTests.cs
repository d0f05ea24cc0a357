using System.Diagnostics;
using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Agents.Python;

/// <summary>By itself: memory is measured, and it is the process', and so is the folder for temporary files.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SandboxAttackCollection : ICollectionFixture<GarnetStack>
{
    public const string Name = "Sandbox attacks";
}

/// <summary>Programs that want out of the sandbox, or to take it down, in a row and at once.</summary>
[Collection(SandboxAttackCollection.Name)]
public sealed class SandboxAttackTests(GarnetStack stack)
{
    /// <summary>What an attack prints that got through.</summary>
    private const string Escaped = "escaped";

    /// <summary>Enough to begin and to do harm, and little enough for hundreds that never end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    /// <summary>What so many programs as before may leave behind; each of them had 50 MB.</summary>
    private const long MostManagedLeft = 4 * 1024 * 1024;

    private const long MostResidentLeft = 64 * 1024 * 1024;

    [Fact]
    public async Task No_attack_gets_out_takes_anything_down_or_leaves_anything_behind()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var secret = Guid.NewGuid().ToString("N");
        var temporary = Environment.GetEnvironmentVariable("TMPDIR");
        var folder = Directory.CreateTempSubdirectory("learnflow-attacks-").FullName;
        var secretFile = Path.Combine(folder, "secret");
        var runs = Directory.CreateDirectory(Path.Combine(folder, "runs")).FullName;
        await File.WriteAllTextAsync(secretFile, secret);
        Environment.SetEnvironmentVariable("TMPDIR", runs);
        try
        {
            var attacks = Attacks(secretFile).ToList();
            Assert.True(attacks.Count > 200);

            foreach (var attack in attacks)
            {
                await AttackAsync(attack);
            }

            await AssertWorksAsync();
            var (managed, resident) = Memory();

            await Task.WhenAll(attacks.Chunk((attacks.Count + 7) / 8).Select(async some =>
            {
                foreach (var attack in some)
                {
                    await AttackAsync(attack);
                }
            }));

            await AssertWorksAsync();
            var (managedAfter, residentAfter) = Memory();
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{attacks.Count} attacks twice; managed {managed} and {managedAfter}, resident {resident} and {residentAfter} bytes");
            Assert.True(managedAfter - managed < MostManagedLeft, $"{managed} bytes of objects, then {managedAfter}");
            Assert.True(residentAfter - resident < MostResidentLeft, $"{resident} bytes resident, then {residentAfter}");
            // But for the empty folder of an interpreter that waits for the next program.
            Assert.DoesNotContain(Directory.EnumerateDirectories(runs), run => Directory.EnumerateFileSystemEntries(Path.Combine(run, "home")).Any());
            Assert.InRange(Directory.EnumerateFileSystemEntries(runs).Count(), 0, 1);
            Assert.Equal(["runs", "secret"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
            Assert.Equal(secret, await File.ReadAllTextAsync(secretFile));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
            Directory.Delete(folder, recursive: true);
        }

        async Task AttackAsync(Attack attack)
        {
            var result = await sandbox.RunAsync(attack.Code, "one\ntwo\n", TestContext.Current.CancellationToken, Limit);

            var seen = $"{attack.Name}\n{attack.Code}\n{result.Outcome} {result.Output}\n{result.Error}";
            Assert.True(!result.Output.Contains(Escaped, StringComparison.Ordinal), seen);
            Assert.True(!seen.Contains(secret, StringComparison.Ordinal), seen);
            Assert.True(result.Output.Length <= Sandbox.OutputLimit && (result.Error ?? "").Length <= Sandbox.OutputLimit + 200, seen);
        }

        async Task AssertWorksAsync() => Assert.Equal(
            new RunResult("42 one\n", null, RunOutcome.Ok, 0),
            await sandbox.RunAsync("import json\nprint(json.loads('42'), input())", "one\n", TestContext.Current.CancellationToken) with { DurationMs = 0 });
    }

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (managed, process.WorkingSet64);
    }

    private static IEnumerable<Attack> Attacks(string secretFile) =>
        from part in File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Agents", "Python", "sandbox-attacks.txt")).Split("\n== ").Skip(1)
        let lines = part.Split('\n', 3)
        let variable = lines[1].Split(" = ", 2)
        from value in variable[1].Split(" | ")
        let code = lines[2].Replace(variable[0], value.Replace("\\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal)
        select new Attack(lines[0], code.Replace("$secret", secretFile, StringComparison.Ordinal));

    private sealed record Attack(string Name, string Code);
}
