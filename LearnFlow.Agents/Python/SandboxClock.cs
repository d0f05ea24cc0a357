using Wasmtime;

namespace LearnFlow.Agents.Python;

/// <summary>
/// The clock that a program sees. It jumps ahead where the program sleeps, so that a countdown takes no time of the sandbox
/// and no core, and still finds that its seconds have gone by, whichever of Python's clocks it asks.
/// </summary>
/// <param name="time">The real one.</param>
internal sealed class SandboxClock(TimeProvider time)
{
    /// <summary>How long a program may sleep in all; what sleeps longer does not end.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private const string Wasi = "wasi_snapshot_preview1";
    private const int Realtime = 0;
    private const int Success = 0;

    /// <summary>Advice of the bootstrap that means: this interpreter has started (<c>usual.py</c>).</summary>
    private const int Started = 1;

    private long _started = time.GetTimestamp();
    private long _slept;

    /// <summary>Whether the program has slept for longer than it may.</summary>
    public bool IsOverslept => Volatile.Read(ref _slept) > Nanoseconds(LongestSleep);

    /// <summary>
    /// Takes the place of WASI's clock. This build of Python has no call to sleep that gets through to us; the bootstrap's
    /// <c>time.sleep</c> tells us by one that a program has no other use for, advice about standard input.
    /// </summary>
    /// <param name="linker">Has WASI's.</param>
    /// <param name="isReady">Is called by the interpreter when it has started, and comes back when it has a program to run.</param>
    public void Replace(Linker linker, Action isReady)
    {
        linker.AllowShadowing = true;
        linker.DefineFunction<int, long, int, int>(Wasi, "clock_time_get", (Caller caller, int clock, long precision, int result) =>
        {
            caller.GetMemory("memory")!.WriteInt64(result, Now(clock) + _slept);
            return Success;
        });
        linker.DefineFunction<int, long, long, int, int>(Wasi, "fd_advise", (Caller caller, int file, long offset, long length, int advice) =>
        {
            if (file == 0 && advice == Started)
            {
                isReady();
                return Success;
            }

            _slept += file == 0 ? Math.Clamp(length, 0, Nanoseconds(LongestSleep) + 1) : 0;
            return IsOverslept ? throw new SandboxStopException() : Success;
        });
    }

    /// <summary>The program's time begins now.</summary>
    public void Restart() => _started = time.GetTimestamp();

    private long Now(int clock) => Nanoseconds(
        clock == Realtime ? time.GetUtcNow() - DateTimeOffset.UnixEpoch : time.GetElapsedTime(_started));

    private static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}

/// <summary>Ends a program from within what it calls.</summary>
internal sealed class SandboxStopException : Exception;
