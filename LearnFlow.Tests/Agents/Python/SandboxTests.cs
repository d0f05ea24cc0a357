using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Agents.Python;

/// <summary>Real CPython in the real sandbox.</summary>
[Collection(GarnetCollection.Name)]
public sealed class SandboxTests(GarnetStack stack)
{
    [Fact]
    public async Task A_traceback_is_the_students_own()
    {
        var result = await RunAsync("def half(n):\n    return n / 0\n\nhalf(3)\n");

        Assert.Equal(RunOutcome.Error, result.Outcome);
        Assert.StartsWith("Traceback (most recent call last):\n  File \"main.py\", line 4, in <module>\n", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("ZeroDivisionError: division by zero\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("run.py", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while True: pass", RunOutcome.Timeout)]
    [InlineData("import time\ntime.sleep(3601)", RunOutcome.Timeout)]
    [InlineData("import time\nwhile True: time.sleep(1)", RunOutcome.Timeout)]
    [InlineData("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", RunOutcome.Timeout)]
    [InlineData("9 ** (9 ** 9)", RunOutcome.Timeout)]
    [InlineData("x = [0] * 10 ** 9", RunOutcome.Memory)]
    [InlineData("while True: print('x' * 1000)", RunOutcome.OutputLimit)]
    [InlineData("file = open('big', 'wb')\nwhile True: file.write(b'x' * 1000000)", RunOutcome.OutputLimit)]
    [InlineData("import sys\nsys.exit(3)", RunOutcome.Error)]
    [InlineData("import sys\nsys.exit()", RunOutcome.Ok)]
    [InlineData("def f(): f()\nf()", RunOutcome.Error)]
    public async Task A_program_ends_at_its_limits(string code, RunOutcome outcome) =>
        Assert.Equal(outcome, (await RunAsync(code)).Outcome);

    [Theory]
    [InlineData("print(open('/etc/passwd').read())")]
    [InlineData("print(open('../../etc/passwd').read())")]
    [InlineData("import os\nprint(os.listdir('/home'))")]
    [InlineData("open('/usr/local/lib/x', 'w')")]
    [InlineData("open('/bootstrap/run.py', 'w')")]
    [InlineData("import socket\nsocket.create_connection(('127.0.0.1', 80))")]
    [InlineData("import subprocess\nsubprocess.run(['ls'])")]
    [InlineData("import os\nos.fork()")]
    [InlineData("import ctypes")]
    [InlineData("import os\nos.symlink('/etc', 'etc')\nprint(os.listdir('etc'))")]
    public async Task Nothing_of_the_machine_can_be_reached(string code)
    {
        var result = await RunAsync(code);

        Assert.Equal(RunOutcome.Error, result.Outcome);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Two_programs_do_not_see_each_others_files()
    {
        await RunAsync("open('secret.txt', 'w').write('1')");

        Assert.Equal("['main.py']\n", (await RunAsync("import os\nprint(os.listdir())")).Output);
    }

    [Theory]
    [InlineData("", "the input box is empty")]
    [InlineData("1", "the input box is only one line long")]
    [InlineData("1\n2\n", "the input box is only 2 lines long")]
    public async Task Input_that_is_missing_is_explained(string stdin, string words)
    {
        var result = await RunAsync("while True: input()", stdin);

        Assert.Contains("\nEOFError: EOF when reading a line\n(", result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import numpy", "numpy cannot be used here: it does not belong to Python's standard library")]
    [InlineData("import requests.sessions", "requests cannot be used here: it needs the network")]
    [InlineData("import turtle", "turtle cannot be used here: it opens windows")]
    [InlineData("from tkinter import *", "tkinter cannot be used here: it opens windows")]
    [InlineData("import multiprocessing", "it starts other programs")]
    [InlineData("import maths", "Is its name right?")]
    [InlineData("import lzma", "lzma belongs to Python")]
    [InlineData("import threading\nthreading.Thread(target=print).start()", "Threads cannot be used here")]
    [InlineData("import socket\nsocket.create_connection(('example.org', 80))", "The network cannot be used here")]
    [InlineData("import os\nos.fork()", "fork is not here")]
    [InlineData("import subprocess\nsubprocess.run(['ls'])", "there are no other programs")]
    [InlineData("open('data.txt')", "These files are here: main.py.")]
    public async Task What_the_sandbox_does_not_have_is_told(string code, string words)
    {
        var result = await RunAsync(code);

        Assert.StartsWith("Traceback (most recent call last):\n  File \"main.py\", line ", result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_copes_with_what_is_not_there_goes_on() =>
        Assert.Equal("plain\n", (await RunAsync("try:\n    import numpy\nexcept ImportError:\n    print('plain')")).Output);

    [Fact]
    public async Task Sleep_moves_every_clock_and_takes_no_time_of_the_program()
    {
        var result = await RunAsync(
            """
            import time
            from datetime import datetime
            clocks = [time.time, time.monotonic, time.perf_counter, lambda: datetime.now().timestamp()]
            before = [clock() for clock in clocks]
            for i in range(60, 0, -1):
                time.sleep(1)
            print([60 <= clock() - then < 66 for clock, then in zip(clocks, before)])
            time.sleep(-1)
            """);

        Assert.Equal("[True, True, True, True]\n", result.Output);
        Assert.EndsWith(
            "  File \"main.py\", line 8, in <module>\n    time.sleep(-1)\nValueError: sleep length must be non-negative\n",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_imports_and_reads_the_files_that_come_with_it()
    {
        var result = await RunAsync(
            "import helper\nprint(open('numbers.txt').read(), helper.double(21))\nhelper.double(None)",
            files: new() { ["helper.py"] = "def double(n):\n    return n * 2\n", ["numbers.txt"] = "1 2 3" });

        Assert.Equal("1 2 3 42\n", result.Output);
        Assert.Equal(
            """
            Traceback (most recent call last):
              File "main.py", line 3, in <module>
                helper.double(None)
              File "helper.py", line 2, in double
                return n * 2
                       ~~^~~
            TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'

            """,
            result.Error);
    }

    [Theory]
    [InlineData("../escaped.py")]
    [InlineData("folder/escaped.py")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("/escaped.py")]
    public async Task A_file_has_a_name_and_no_path(string name) => await Assert.ThrowsAsync<ArgumentException>(
        () => RunAsync("print(1)", files: new() { [name] = "" }));

    [Theory]
    [InlineData("while True: pass", RunOutcome.Timeout)]
    [InlineData("x = [0] * 10 ** 9", RunOutcome.Memory)]
    [InlineData("import os\nos.symlink('a', 'b')", RunOutcome.Error)]
    [InlineData("import os\nos._exit(1)", RunOutcome.Error)]
    [InlineData("import os\nos.abort()", RunOutcome.Error)]
    [InlineData("class A:\n    def __repr__(self): return repr(self)\nrepr(A())", RunOutcome.Error)]
    [InlineData("import sys\nsys.stdout = None\n1/0", RunOutcome.Error)]
    public async Task What_was_printed_before_the_end_is_kept(string code, RunOutcome outcome)
    {
        var result = await RunAsync($"print('before', end='')\n{code}");

        Assert.Equal((outcome, "before"), (result.Outcome, result.Output));
    }

    /// <summary>What CPython 3.11 prints of these programs on a student's own machine, letter for letter.</summary>
    [Theory]
    [InlineData(
        "def depth(n):\n    return 1 + depth(n + 1)\n\ndepth(0)",
        """
        Traceback (most recent call last):
          File "main.py", line 4, in <module>
            depth(0)
          File "main.py", line 2, in depth
            return 1 + depth(n + 1)
                       ^^^^^^^^^^^^
          File "main.py", line 2, in depth
            return 1 + depth(n + 1)
                       ^^^^^^^^^^^^
          File "main.py", line 2, in depth
            return 1 + depth(n + 1)
                       ^^^^^^^^^^^^
          [Previous line repeated 996 more times]
        RecursionError: maximum recursion depth exceeded

        """)]
    [InlineData(
        "try:\n    int('x')\nexcept ValueError as error:\n    raise KeyError('no') from error",
        """
        Traceback (most recent call last):
          File "main.py", line 2, in <module>
            int('x')
        ValueError: invalid literal for int() with base 10: 'x'

        The above exception was the direct cause of the following exception:

        Traceback (most recent call last):
          File "main.py", line 4, in <module>
            raise KeyError('no') from error
        KeyError: 'no'

        """)]
    [InlineData(
        "x = 1\nif x = 2:\n    pass",
        """
          File "main.py", line 2
            if x = 2:
               ^^^^^
        SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?

        """)]
    [InlineData(
        "import os\nos.mkdir('main.py')",
        """
        Traceback (most recent call last):
          File "main.py", line 2, in <module>
            os.mkdir('main.py')
        FileExistsError: [Errno 17] File exists: 'main.py'

        """)]
    [InlineData("import sys\nsys.exit(['no', 'more'])", "['no', 'more']\n")]
    public async Task An_error_reads_as_Python_prints_it(string code, string error) =>
        Assert.Equal(error, (await RunAsync(code)).Error);

    [Fact]
    public async Task A_program_runs_the_same_each_time()
    {
        const string code = "print(hash('learn'), {'a', 'b', 'c', 'd'})";

        Assert.Equal((await RunAsync(code)).Output, (await RunAsync(code)).Output);
    }

    [Fact]
    public async Task A_program_stops_when_nobody_waits_for_it()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        using var cancellation = new CancellationTokenSource();

        var run = sandbox.RunAsync("while True: pass", null, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private async Task<RunResult> RunAsync(string code, string? stdin = null, Dictionary<string, string>? files = null) =>
        await (await Sandboxes.RequireAsync(stack)).RunAsync(
            code, stdin, TestContext.Current.CancellationToken, files: files);
}
