using System.Globalization;
using System.Net;
using Garnet;
using Garnet.server;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.AppHost;

/// <summary>
/// A Redis in this process (Garnet), for machines that have none. Its data lies in a folder and is back after a restart
/// or a kill; at most the last 100 ms of writes are lost in a kill.
/// </summary>
public sealed class EmbeddedRedis : IDisposable
{
    /// <summary>The file that one process at a time holds.</summary>
    internal const string LockFileName = "in-use.lock";

    private readonly GarnetServer _server;
    private readonly FileStream _lock;
    private readonly DataSeal _seal;

    private EmbeddedRedis(GarnetServer server, FileStream @lock, DataSeal seal, string connectionString) =>
        (_server, _lock, _seal, ConnectionString) = (server, @lock, seal, connectionString);

    /// <summary>Where it is, in the format of StackExchange.Redis.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts it.</summary>
    /// <param name="port">A free port of the loopback address.</param>
    /// <param name="folder">The folder of its data; one process at a time may use it.</param>
    /// <exception cref="StartupException">The folder is in use, or its data cannot be read.</exception>
    public static EmbeddedRedis Start(int port, string folder)
    {
        var connectionString = string.Create(CultureInfo.InvariantCulture, $"{IPAddress.Loopback}:{port}");
        var @lock = TakeLock(folder);
        GarnetServer? server = null;
        try
        {
            var seal = DataSeal.Break(folder);
            server = new GarnetServer(Options(port, folder));
            server.Start();
            seal.RequireFirstKey(connectionString);
            return new EmbeddedRedis(server, @lock, seal, connectionString);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            server?.Dispose();
            @lock.Dispose();
            if (exception is TimeoutException)
            {
                throw new StartupException($"The embedded Redis over {folder} does not answer: the machine is too busy. Start it again.", exception);
            }

            var reason = exception is InvalidDataException ? exception.Message : exception.GetType().Name;
            throw new StartupException(
                $"The data of the embedded Redis in {folder} is damaged ({reason}). "
                + "Move that folder away to start empty, or put back a copy of it that is whole.",
                exception);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // What was acknowledged since the last commit, up to 100 ms ago.
        _server.Store.CommitAOFAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _server.Dispose();
        _seal.Close();
        _lock.Dispose();
    }

    private static FileStream TakeLock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"Another LearnFlow uses the data folder {folder}. Stop it, or give this one a folder of its own.", exception);
        }
    }

    /// <summary>Sizes for a laptop: about 30 MB of memory; the rest of the data lies in the folder.</summary>
    private static GarnetServerOptions Options(int port, string folder) => new()
    {
        EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
        CheckpointDir = folder,
        // Without libaio, which is not on every machine.
        DeviceType = Tsavorite.core.DeviceType.RandomAccess,
        Recover = true,
        // Else it starts empty where its data is damaged, and overwrites what could have been saved.
        FailOnRecoveryError = true,
        EnableAOF = true,
        // What a kill may cost; with the audit trail's own 50 ms it stays within a tenth of a second.
        CommitFrequencyMs = 50,
        EnableLua = true,
        LuaTransactionMode = true,
        LuaOptions = new(),
        LogMemorySize = "16m",
        PageSize = "512k",
        IndexMemorySize = "1m",
        AofMemorySize = "4m",
        AofPageSize = "1m",
        AofSegmentSize = "8m",
        AofSizeLimit = "8m",
        AofSizeLimitEnforceFrequencySecs = 2,
        QuietMode = true,
    };
}
