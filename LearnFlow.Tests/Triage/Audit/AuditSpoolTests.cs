using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace LearnFlow.Tests.Triage.Audit;

/// <summary>Records that wait in files: none is lost or handed over twice, whoever shares the folder and whatever crashes.</summary>
public sealed class AuditSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_process_left_the_next_one_hands_over_once_and_in_its_order()
    {
        var records = AuditKit.Records("maya", 25);
        using (var left = Create())
        {
            foreach (var batch in records.Chunk(10))
            {
                Assert.True(await left.TryAddAsync(batch));
            }
        }

        using var spool = Create();
        Assert.Equal(records.Select(record => record.Id), await DrainAsync(spool));
        Assert.Empty(Files);
        Assert.Empty(await DrainAsync(spool));
    }

    [Fact]
    public async Task What_is_not_taken_waits_on_and_what_was_taken_does_not()
    {
        var records = AuditKit.Records("maya", 6);
        using var spool = Create();
        await spool.TryAddAsync(records);

        Assert.False(await spool.DrainAsync(offered => Task.FromResult(offered.ToList())));
        Assert.False(await spool.DrainAsync(offered => Task.FromResult(offered.Where((_, index) => index % 2 == 1).ToList())));
        var later = AuditKit.Records("maya", 2);
        await spool.TryAddAsync(later);

        Assert.Equal(
            [.. records.Where((_, index) => index % 2 == 1).Select(record => record.Id), .. later.Select(record => record.Id)],
            await DrainAsync(spool));
    }

    [Fact]
    public async Task Processes_that_share_the_folder_do_not_take_what_another_one_has_open()
    {
        var records = AuditKit.Records("maya", 200);
        using var writer = Create();
        await writer.TryAddAsync(records[..1]);
        List<string> taken = [];
        foreach (var record in records[1..])
        {
            // Made anew: it looks into the folder, as a process does that starts.
            using var other = Create();
            taken.AddRange(await DrainAsync(other));
            await writer.TryAddAsync([record]);
        }

        taken.AddRange(await DrainAsync(writer));

        Assert.Equal(records.Select(record => record.Id), taken);
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_off_takes_no_other_with_it()
    {
        var records = AuditKit.Records("maya", 3);
        using (var crashed = Create())
        {
            await crashed.TryAddAsync(records);
        }

        var file = Assert.Single(Files);
        var content = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, content[..^20]);

        using var spool = Create();
        Assert.Equal(records[..2].Select(record => record.Id), await DrainAsync(spool));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Where_there_is_no_folder_to_write_to_it_says_so_and_lives()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "a file is no folder");
        using var spool = Create(file);

        Assert.False(await spool.TryAddAsync(AuditKit.Records("maya", 1)));
        Assert.Empty(await DrainAsync(spool));
    }

    [Fact]
    public async Task No_other_user_of_the_machine_reads_what_waits()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such mode; the folder is the user's own");
        using var spool = Create();
        await spool.TryAddAsync(AuditKit.Records("maya", 1));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Assert.Single(Files)).UnixFileMode);
    }

    private IEnumerable<string> Files => Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories);

    private AuditSpool Create(string? folder = null) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new(Topology.DataFolderSetting, folder ?? _folder)]).Build(),
        NullLogger<AuditSpool>.Instance);

    private static async Task<List<string>> DrainAsync(AuditSpool spool)
    {
        List<string> ids = [];
        Assert.True(await spool.DrainAsync(records =>
        {
            ids.AddRange(records.Select(record => record.Id));
            return Task.FromResult(new List<AuditRecord>());
        }));
        return ids;
    }
}
