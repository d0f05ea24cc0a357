using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LearnFlow.Tests.Integration.Chaos;

/// <summary>A TCP connection's way through the tests, which they break as networks do.</summary>
internal sealed class TcpChaosProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Connection, byte> _connections = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile Breakage? _breakage;

    /// <summary>Listens on a free port.</summary>
    /// <param name="target">The port to which it leads.</param>
    public TcpChaosProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Breaks it until it is healed.</summary>
    public void Break(FaultKind kind, int delayMs)
    {
        switch (kind)
        {
            case FaultKind.Cut:
                CutAll();
                return;
            case FaultKind.Swallow:
                foreach (var connection in _connections.Keys)
                {
                    connection.IsSwallowed = true;
                }

                return;
            case FaultKind.Refuse:
                _breakage = new(kind, delayMs);
                CutAll();
                return;
            default:
                _breakage = new(kind, delayMs);
                return;
        }
    }

    /// <summary>All goes through again.</summary>
    /// <param name="cuts">Whether what was held back is lost, with its connections.</param>
    public void Heal(bool cuts)
    {
        var breakage = _breakage;
        _breakage = null;
        if (cuts)
        {
            CutAll();
        }

        breakage?.Ended.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Heal(cuts: true);
        _listener.Dispose();
    }

    private void CutAll()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Cut();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It listens no more.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var connection = new Connection(client);
        if (_breakage?.Kind == FaultKind.Refuse)
        {
            connection.Cut();
            return;
        }

        _connections.TryAdd(connection, 0);
        try
        {
            await connection.Server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(
                PumpAsync(connection, connection.Client, connection.Server, isAnswer: false),
                PumpAsync(connection, connection.Server, connection.Client, isAnswer: true));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            connection.Cut();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task PumpAsync(Connection connection, Socket from, Socket to, bool isAnswer)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                var start = 0;
                if (_breakage is { } breakage)
                {
                    switch (breakage.Kind)
                    {
                        case FaultKind.Slow:
                            await Task.Delay(breakage.DelayMs);
                            break;
                        case FaultKind.HoldAll:
                        case FaultKind.HoldAnswers when isAnswer:
                            await breakage.Ended.Task;
                            break;
                        case FaultKind.HalfThenHold when isAnswer:
                            await SendAsync(to, buffer.AsMemory(0, start = read / 2));
                            await breakage.Ended.Task;
                            break;
                        case FaultKind.HalfThenCut when isAnswer:
                            await SendAsync(to, buffer.AsMemory(0, read / 2));
                            connection.Cut();
                            return;
                    }
                }

                if (!connection.IsSwallowed)
                {
                    await SendAsync(to, buffer.AsMemory(start, read - start));
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Whoever is at the other end is told as a network would tell it.
            connection.Cut();
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }

    private sealed record Breakage(FaultKind Kind, int DelayMs)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Connection(Socket client) : IDisposable
    {
        public Socket Client { get; } = client;

        public Socket Server { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        /// <summary>Whether its bytes lead nowhere for good, as behind a router that forgot it.</summary>
        public bool IsSwallowed { get; set; }

        /// <summary>Ends it with a reset on both sides, whatever is under way.</summary>
        public void Cut()
        {
            Client.Close(timeout: 0);
            Server.Close(timeout: 0);
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
