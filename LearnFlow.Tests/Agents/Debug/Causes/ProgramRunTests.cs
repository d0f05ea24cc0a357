using System.Text.RegularExpressions;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Agents.Debug.Causes;

/// <summary>Code that came without an error is run, and what is wrong with it is found.</summary>
[Collection(GarnetCollection.Name)]
public sealed partial class ProgramRunTests(GarnetStack stack)
{
    private async Task<ProgramRunFinding> ExamineAsync(string code, string words)
    {
        await Sandboxes.RequireAsync(stack);
        return await stack.AgentServices.GetRequiredService<ProgramRun>().ExamineAsync(code, words, TestContext.Current.CancellationToken);
    }

    /// <summary>What the student is told names the line, be it as the place of an error or as that of its cause.</summary>
    [Theory]
    [InlineData("buggy-programs.yaml", 85)]
    [InlineData("more-buggy-programs.yaml", 90)]
    [InlineData("held-out-programs.yaml", 70)]
    public async Task The_faulty_line_of_students_programs_is_named(string file, int percent)
    {
        await Sandboxes.RequireAsync(stack);
        var agent = stack.AgentServices.GetRequiredService<DebugAgent>();
        var programs = BuggyPrograms.In(file);
        var missed = new List<string>();
        foreach (var program in programs)
        {
            var answer = await agent.AnswerAsync(new AgentQuestion("id", "maya", program.Says, program.Code, null), TestContext.Current.CancellationToken);
            var isNamed = answer.Diagnosis is { } told
                && (program.Lines.Exists(line => line == told.Line) || program.Lines.Exists(line => LineNumber().Matches(told.Cause).Any(match => match.Groups["number"].Value == $"{line}")));
            if (!isNamed)
            {
                missed.Add($"{program.Id}: {answer.Diagnosis?.Line} {answer.Diagnosis?.Cause}");
            }
        }

        Assert.True(missed.Count * 100 <= programs.Count * (100 - percent), $"{missed.Count} of {programs.Count}\n{string.Join('\n', missed)}");
    }

    [Theory]
    [InlineData("why doesn't this work?")]
    [InlineData("here is my code")]
    public async Task Nothing_is_claimed_of_programs_that_are_right(string words)
    {
        var claimed = new List<string>();
        var solutions = stack.AgentServices.GetRequiredService<ExerciseLibrary>().All.Select(exercise => exercise.Solution);
        foreach (var code in BuggyPrograms.Correct.Concat(solutions))
        {
            var finding = await ExamineAsync(code, words);
            if (finding.Cause is { } cause)
            {
                claimed.Add($"{cause.Line}: {cause.Cause}\n{code}");
            }
        }

        Assert.Empty(claimed);
    }

    [Fact]
    public async Task The_change_that_gives_what_is_expected_shows_the_place_and_is_not_told()
    {
        var finding = await ExamineAsync("def border(n):\n    if n > 50:\n        return 'pass'\n    return 'fail'\n", "border(50) should return 'pass' but returns 'fail'");

        Assert.Equal((2, "n > 50"), (finding.Cause?.Line, finding.Cause?.Expression));
        Assert.DoesNotContain(">=", finding.Cause!.Cause + finding.Cause.Hint, StringComparison.Ordinal);
        Assert.Equal("pass", finding.Unmet?.Trim('\''));
    }

    [Fact]
    public async Task What_the_student_types_in_is_typed_in()
    {
        var finding = await ExamineAsync("n = int(input())\nprint(n * n)\n", "when I enter 6 it should print 36");

        Assert.Null(finding.Cause);
        Assert.Equal("36\n", finding.Output);
        Assert.Contains("does what you expect", finding.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_loop_is_named_with_the_reason()
    {
        var finding = await ExamineAsync("n = 10\nwhile n != 0:\n    if n % 2 == 0:\n        n -= 2\n    m = n\nn = 1\nwhile n > 0:\n    n += 1\n", "it hangs");

        Assert.True(finding.IsEndless);
        Assert.Equal((8, "n += 1"), (finding.Cause?.Line, finding.Cause?.Expression));
    }

    [Fact]
    public async Task An_error_that_only_a_run_shows_is_led_back_to_its_cause()
    {
        var finding = await ExamineAsync("ages = [3, 4]\ntotal = 0\nfor i in range(1, len(ages) + 1):\n    total += ages[i]\nprint(total)\n", "what is wrong?");

        Assert.Equal("IndexError", finding.Error?.Exception);
        Assert.Equal(3, finding.Cause?.Line);
    }

    [GeneratedRegex(@"\bline (?<number>\d+)\b")]
    private static partial Regex LineNumber();
}
