using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.Configuration;

namespace LearnFlow.ServiceDefaults;

/// <summary>The folder in which a developer's machine keeps what has to outlive a restart.</summary>
public static class DataFolder
{
    /// <summary>Its name where none is configured: in the repository, or else where the program was started.</summary>
    public const string DefaultName = ".learnflow";

    /// <summary>The full path of the configured folder (<c>LearnFlow:DataFolder</c>) or of the default one.</summary>
    /// <param name="configuration">The program's configuration.</param>
    public static string Root(IConfiguration configuration) =>
        configuration[Topology.DataFolderSetting] is { Length: > 0 } configured
            ? Path.GetFullPath(configured)
            : Path.Combine(RepositoryOrCurrent(), DefaultName);

    /// <summary>A folder in it, made if it is not there.</summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="subfolder">The folder's name.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="StartupException">It cannot be made or written to.</exception>
    public static string Open(IConfiguration configuration, string subfolder)
    {
        var root = Root(configuration);
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, subfolder)).FullName;
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {root} cannot be written to. Make it writable or name another one with "
                + $"{Topology.DataFolderSetting} (as an environment variable "
                + $"{Topology.AsEnvironmentVariable(Topology.DataFolderSetting)}).",
                exception);
        }
    }

    private static string RepositoryOrCurrent()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LearnFlow.sln")))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
