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
    [InlineData("import time\ntime.sleep(60)", RunOutcome.Timeout)]
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

    [Fact]
    public async Task Input_that_is_missing_is_explained() =>
        Assert.Contains("input box", (await RunAsync("input()")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_program_stops_when_nobody_waits_for_it()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        using var cancellation = new CancellationTokenSource();

        var run = sandbox.RunAsync("while True: pass", null, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private async Task<RunResult> RunAsync(string code) =>
        await (await Sandboxes.RequireAsync(stack)).RunAsync(code, null, TestContext.Current.CancellationToken);
}
