using System.Text.Json;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Audit;

/// <summary>
/// Records that wait for Redis in files of the data folder, a record in JSON on each line. What a process left behind that
/// ended meanwhile, the next one takes up.
/// </summary>
/// <param name="configuration">Where the data folder is.</param>
/// <param name="logger">The log.</param>
public sealed partial class AuditSpool(IConfiguration configuration, ILogger<AuditSpool> logger) : IDisposable
{
    private const string Folder = "audit";
    private const string Extension = ".jsonl";

    /// <summary>Records in a file, so that none is too large to be read at once.</summary>
    private const int MostInFile = 10_000;

    private FileStream? _open;
    private int _inOpen;
    private bool _isMissing;

    /// <summary>True at the start, for what the last process may have left.</summary>
    private bool _mayHoldSome = true;

    /// <summary>Writes records to the disk.</summary>
    /// <param name="records">The records.</param>
    /// <returns>False where there is no disk to write to.</returns>
    public async Task<bool> TryAddAsync(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            if (_open is null || _inOpen >= MostInFile)
            {
                Close();
                _open = Open(
                    Path.Combine(DataFolder.Open(configuration, Folder), $"{Guid.CreateVersion7():N}{Extension}"), FileMode.CreateNew);
            }

            await AppendAsync(_open, records);
            _inOpen += records.Count;
            _mayHoldSome = true;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StartupException)
        {
            if (!_isMissing)
            {
                _isMissing = true;
                LogMissing(logger, exception.GetType().Name);
            }

            return false;
        }
    }

    /// <summary>Hands over what waits, the oldest first.</summary>
    /// <param name="write">Takes records and returns those that have to wait on.</param>
    /// <returns>Whether nothing waits any more.</returns>
    public async Task<bool> DrainAsync(Func<IReadOnlyList<AuditRecord>, Task<List<AuditRecord>>> write)
    {
        var folder = Path.Combine(DataFolder.Root(configuration), Folder);
        if (!_mayHoldSome || !Directory.Exists(folder))
        {
            return true;
        }

        Close();
        foreach (var file in Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal))
        {
            try
            {
                using var waiting = Open(file, FileMode.Open);
                var records = await ReadAsync(waiting);
                var left = await write(records);
                if (left.Count > 0 && left.Count == records.Count)
                {
                    return false;
                }

                if (left.Count > 0)
                {
                    // Beside it first, so that a crash meanwhile loses nothing; its name is the next in their order.
                    using var rest = Open($"{file[..^Extension.Length]}-{Extension}", FileMode.CreateNew);
                    await WriteAsync(rest, left);
                }

                // Whoever opened it before it is gone finds nothing in it.
                waiting.SetLength(0);
                File.Delete(file);
                if (left.Count > 0)
                {
                    return false;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another process of this machine has it open, and brings it in itself.
            }
        }

        _mayHoldSome = false;
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => Close();

    private void Close()
    {
        _open?.Dispose();
        (_open, _inOpen) = (null, 0);
    }

    /// <summary>Nobody else opens it meanwhile, and no other user reads it.</summary>
    private static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            // An open file can be deleted: on Windows where that is said, elsewhere always; and there only None keeps others out.
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }

    /// <summary>All or none: records of which one did not fit are handed over again.</summary>
    private static async Task AppendAsync(FileStream file, IReadOnlyList<AuditRecord> records)
    {
        var end = file.Position;
        try
        {
            await WriteAsync(file, records);
        }
        catch (IOException)
        {
            file.SetLength(end);
            throw;
        }
    }

    private static async Task WriteAsync(FileStream file, IReadOnlyList<AuditRecord> records)
    {
        foreach (var record in records)
        {
            await JsonSerializer.SerializeAsync(file, record, TriageJson.Default.AuditRecord);
            file.WriteByte((byte)'\n');
        }

        file.Flush(flushToDisk: true);
    }

    private async Task<List<AuditRecord>> ReadAsync(FileStream file)
    {
        List<AuditRecord> records = [];
        using var reader = new StreamReader(file, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line)
        {
            try
            {
                records.Add(JsonSerializer.Deserialize(line, TriageJson.Default.AuditRecord)!);
            }
            catch (JsonException)
            {
                // The line at which a crash cut the file off.
                LogCut(logger);
            }
        }

        return records;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit records cannot wait in the data folder ({Reason}); they wait in memory, and a crash would lose them")]
    private static partial void LogMissing(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An audit record was cut off by a crash and is lost")]
    private static partial void LogCut(ILogger logger);
}
