using System.Diagnostics;
using System.Globalization;

/// <summary>A program that is measured: its processor time, its memory, and its end.</summary>
internal sealed class Measured : IDisposable
{
    private readonly Process _process;

    private Measured(Process process) => _process = process;

    /// <summary>Processor time so far, in microseconds.</summary>
    public double Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalMicroseconds;
        }
    }

    /// <summary>Memory that it has at the moment, in megabytes.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>Starts a program, whose output goes nowhere, as that of a service goes to a collector that costs it nothing.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Measured Start(string program, params IEnumerable<string> arguments) => new(Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", program, .. arguments]))!);

    /// <summary>This program once more, in another part.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static Measured StartSelf(params IEnumerable<string> arguments) => Start(Environment.ProcessPath!, arguments);

    /// <summary>A Redis that keeps nothing on disk.</summary>
    /// <param name="port">Where it listens.</param>
    public static Measured StartRedis(int port) => Start("redis-server", "--port", $"{port}", "--save", "");

    /// <summary>Ends it as a crash does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    /// <summary>The middle one.</summary>
    /// <param name="values">An odd number of them.</param>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>Load by wrk.</summary>
/// <param name="Requests">How many were answered.</param>
/// <param name="PerSecond">How many in a second.</param>
internal readonly record struct Wrk(double Requests, double PerSecond)
{
    /// <summary>Sends load; every request must be answered with success.</summary>
    /// <param name="address">Where.</param>
    /// <param name="script">The file of the Lua script that makes the requests.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="seconds">How long.</param>
    public static async Task<Wrk> RunAsync(string address, string script, int connections, int seconds)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "-s", script, address])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(output);
        }

        var lines = output.Split('\n');
        return new(
            Number(lines.First(line => line.Contains("requests in", StringComparison.Ordinal)), 0),
            Number(lines.First(line => line.StartsWith("Requests/sec:", StringComparison.Ordinal)), 1));
    }

    /// <summary>Until all code is compiled for good, which shows in requests per second that do not rise any more.</summary>
    /// <param name="address">Where.</param>
    /// <param name="script">The script.</param>
    /// <param name="connections">How many at once.</param>
    public static async Task WarmUpAsync(string address, string script, int connections)
    {
        for (double before = 0, now = 1; now > before * 1.03;)
        {
            before = now;
            now = (await RunAsync(address, script, connections, 10)).PerSecond;
        }
    }

    /// <summary>A script whose requests come from so many students in turn, as a replica sees the same again and again.</summary>
    /// <param name="path">The path.</param>
    /// <param name="body">What each sends, as JSON.</param>
    /// <param name="students">How many.</param>
    /// <returns>The file.</returns>
    public static string Script(string path, string body, int students)
    {
        var file = Path.Combine(Path.GetTempPath(), $"learnflow-{Environment.ProcessId}-{Guid.NewGuid():N}.lua");
        var tokens = Enumerable.Range(0, students).Select(i => $"\"{Students.Token($"student-{i}")}\"");
        File.WriteAllText(file, $$"""
            local tokens = { {{string.Join(", ", tokens)}} }
            local requests, n = {}, 0
            function init()
              for i, token in ipairs(tokens) do
                requests[i] = wrk.format("POST", "{{path}}", { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }, [==[{{body}}]==])
              end
            end
            function request()
              n = n + 1
              return requests[n % #requests + 1]
            end
            """);
        return file;
    }

    private static double Number(string line, int index) =>
        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[index], CultureInfo.InvariantCulture);
}
