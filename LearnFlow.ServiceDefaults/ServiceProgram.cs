using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LearnFlow.ServiceDefaults;

/// <summary>How a program of LearnFlow runs: until it is stopped, or with one sentence about why it cannot start.</summary>
public static class ServiceProgram
{
    /// <summary>Exit code of a program that could not start.</summary>
    public const int CannotStart = 1;

    /// <summary>Runs a service until it is stopped.</summary>
    /// <param name="create">Builds the service.</param>
    /// <returns>The exit code: 0, or <see cref="CannotStart"/>.</returns>
    public static Task<int> RunAsync(Func<WebApplication> create) => RunAsync(async () =>
    {
        await using var app = create();
        await app.RunAsync();
    });

    /// <summary>Runs a program whose failure to start is to be told in a sentence.</summary>
    /// <param name="run">The program.</param>
    /// <returns>The exit code: 0, or <see cref="CannotStart"/>.</returns>
    public static async Task<int> RunAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception) when (Explain(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"LearnFlow cannot start. {sentence}");
            return CannotStart;
        }
    }

    /// <summary>Whether a port of the loopback address can be listened on.</summary>
    /// <param name="port">The port.</param>
    public static bool IsPortFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Explain(Exception exception) => exception switch
    {
        StartupException => exception.Message,
        OptionsValidationException options => string.Join(' ', options.Failures),
        // Several groups of settings that are wrong.
        AggregateException several when several.InnerExceptions.Select(Explain).ToList() is var all && !all.Contains(null) =>
            string.Join(' ', all),
        IOException { InnerException: AddressInUseException } => $"{exception.Message} Stop what uses it or choose another port.",
        _ => null,
    };
}
