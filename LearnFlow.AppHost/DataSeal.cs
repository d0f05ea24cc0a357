using System.Security.Cryptography;
using StackExchange.Redis;

namespace LearnFlow.AppHost;

/// <summary>
/// Notices that the embedded Redis' files were damaged, which it does not always notice itself: it may start empty or with
/// a changed value. After a clean stop a digest of all files must still fit; after a kill a key that was written first must
/// still be there.
/// </summary>
internal sealed class DataSeal
{
    private const string DigestFileName = "digest.sha256";
    private const string FirstKeyFileName = "first-key";
    private const string FirstKey = "learnflow:{embedded}:first-key";

    /// <summary>How long it may take to answer while a busy machine starts; milliseconds.</summary>
    private const int PatienceMs = 60_000;

    private readonly string _folder;

    private DataSeal(string folder) => _folder = folder;

    /// <summary>Checks the digest of the last clean stop, if there was one, and takes it off while the files change.</summary>
    /// <param name="folder">The folder of the data.</param>
    /// <exception cref="InvalidDataException">The files are not as they were left.</exception>
    public static DataSeal Break(string folder)
    {
        var digestFile = Path.Combine(folder, DigestFileName);
        if (File.Exists(digestFile))
        {
            if (File.ReadAllText(digestFile) != Digest(folder))
            {
                throw new InvalidDataException("its files are not as they were left");
            }

            File.Delete(digestFile);
        }

        return new DataSeal(folder);
    }

    /// <summary>Checks that what was written first is there; in a new folder, writes it.</summary>
    /// <param name="connectionString">The running Redis.</param>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void RequireFirstKey(string connectionString)
    {
        using var connection = ConnectionMultiplexer.Connect($"{connectionString},syncTimeout={PatienceMs},connectTimeout={PatienceMs}");
        var redis = connection.GetDatabase();
        var file = Path.Combine(_folder, FirstKeyFileName);
        if (!File.Exists(file))
        {
            redis.StringSet(FirstKey, "1");
            // On the disk before the file says that it is.
            redis.Execute("COMMITAOF");
            File.WriteAllBytes(file, []);
        }
        else if (!redis.KeyExists(FirstKey))
        {
            throw new InvalidDataException("what was written first is gone");
        }
    }

    /// <summary>Writes the digest of the files, which nobody changes any more.</summary>
    public void Close() => File.WriteAllText(Path.Combine(_folder, DigestFileName), Digest(_folder));

    private static string Digest(string folder)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not (DigestFileName or EmbeddedRedis.LockFileName))
            .Order(StringComparer.Ordinal))
        {
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
            using var content = File.OpenRead(file);
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                digest.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
