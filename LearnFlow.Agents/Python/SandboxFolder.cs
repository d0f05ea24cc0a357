using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Python;

/// <summary>
/// The folder of one run, with what the program reads and writes. A program may make folders in folders until no path of
/// the machine reaches the last of them, so both looking and deleting take one level at a time; and neither follows a link,
/// behind which would be the machine.
/// </summary>
internal sealed class SandboxFolder : IDisposable
{
    /// <summary>How many bytes a program may have in files.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    /// <summary>How many files and folders.</summary>
    public const int MostEntries = 1_000;

    /// <summary>How deep a folder may lie.</summary>
    public const int Deepest = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("learnflow-run-").FullName;

    /// <summary>Makes the folder, in which nothing lies yet.</summary>
    /// <param name="input">What the program reads from standard input.</param>
    public SandboxFolder(string input)
    {
        Directory.CreateDirectory(Home);
        File.WriteAllText(Input, input);
    }

    /// <summary>Puts in what a program finds there.</summary>
    /// <param name="files">The files, by name.</param>
    /// <exception cref="ArgumentException">A name is more than a name.</exception>
    public void Fill(IReadOnlyDictionary<string, string> files)
    {
        foreach (var (name, content) in files)
        {
            if (!RunFiles.IsName(name))
            {
                throw new ArgumentException($"\"{name}\" is no name of a file.", nameof(files));
            }

            File.WriteAllText(Path.Combine(Home, name), content);
        }
    }

    /// <summary>What the program sees as <c>/</c>.</summary>
    public string Home => Path.Combine(_folder, "home");

    /// <summary>What the program reads as standard input.</summary>
    public string Input => Path.Combine(_folder, "stdin");

    /// <summary>Whether the program has written more than it may.</summary>
    public bool IsFull()
    {
        var (bytes, entries) = (0L, 0);
        return Fills(new DirectoryInfo(Home), Deepest);

        bool Fills(DirectoryInfo folder, int depth)
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                bytes += entry is FileInfo file ? file.Length : 0;
                if (++entries > MostEntries || bytes > MostBytes || (entry is DirectoryInfo below && !IsLink(below) && (depth == 0 || Fills(below, depth - 1))))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Each folder is brought to the top before what is in it.
        var number = 0;
        while (Directory.EnumerateDirectories(_folder).FirstOrDefault() is { } top)
        {
            foreach (var below in new DirectoryInfo(top).GetDirectories().Where(below => !IsLink(below)))
            {
                below.MoveTo(Path.Combine(_folder, $"{number++}"));
            }

            Directory.Delete(top, recursive: true);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsLink(DirectoryInfo folder) => folder.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
