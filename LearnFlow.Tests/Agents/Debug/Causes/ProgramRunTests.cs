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

    [Theory]
    [InlineData("border(50) should return 'pass' but I get 'fail'")]
    [InlineData("assert border(50) == 'pass' does not hold, what is wrong?")]
    [InlineData("From the sheet:\n\n>>> border(50)\n'pass'\n\nMine says something else")]
    [InlineData("border(50)\nexpected: 'pass'\ngot: 'fail'")]
    [InlineData("border(50) -> 'fail', it should be 'pass'")]
    [InlineData("why is border(50) 'fail' and not 'pass'? it's supposed to be 'pass'")]
    public async Task What_a_call_should_give_is_read_wherever_it_stands(string words)
    {
        var finding = await ExamineAsync("def border(n):\n    if n > 50:\n        return 'pass'\n    return 'fail'\n", words);

        Assert.Equal((2, "n > 50"), (finding.Cause?.Line, finding.Cause?.Expression));
        Assert.Contains("`border(50)` gives `'fail'`", finding.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_only_the_student_s_words_make_is_made()
    {
        var finding = await ExamineAsync(
            "def oldest(people):\n    return people[len(people)]\n", "oldest([('Ann', 30), ('Bo', 41)]) crashes, it should give ('Bo', 41)");

        Assert.Equal(("IndexError", 2), (finding.Error?.Exception, finding.Error?.Place?.Line));
        Assert.Equal(2, finding.Cause?.Line);
    }

    [Fact]
    public async Task Of_the_changes_that_give_what_is_expected_none_breaks_what_was_right()
    {
        // With `<=` on line 4 it is False as well, and then for days that are there once, too.
        var finding = await ExamineAsync(
            """
            def unique_day(day, birthdays):
                months = []
                for month, own in birthdays:
                    if own == day:
                        months.append(month)
                return len(months) < 2
            """,
            "unique_day('20', (('May', '15'), ('June', '16'))) should be False but it is True");

        Assert.Null(finding.Cause);
        Assert.Equal(6, finding.Trail?.Line);
    }

    [Fact]
    public async Task Where_no_mistake_is_seen_the_way_to_the_result_is_shown_and_nothing_claimed()
    {
        var finding = await ExamineAsync(
            "def score(text):\n    total = 0\n    for c in text:\n        if c in 'xyz':\n            total += 2\n    return total\n\nprint(score('lazy'))\n",
            "this is not what I want to see, what is going on?");

        Assert.Null(finding.Cause);
        Assert.Equal(4, finding.Trail?.Line);
        Assert.Contains("line 5", finding.Trail!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_asks_for_and_nobody_tells_is_taken_from_the_words_and_said()
    {
        var finding = await ExamineAsync("n = int(input())\nprint(n * n)\n", "for 7 I see 49, I don't get it. why?");

        Assert.Contains("49", finding.Output, StringComparison.Ordinal);
        Assert.Contains("You do not say what you type in, so I took `7`", finding.Story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_never_ends_does_not_hide_what_the_others_show()
    {
        // Some changes of these lines make the list grow while the loop goes over it.
        var finding = await ExamineAsync(
            "def doubled(numbers):\n    result = []\n    for number in numbers:\n        result.append(number)\n    for number in result:\n        numbers.append(number)\n    return result\n",
            "doubled([1, 2]) should be [1, 2, 1, 2]");

        Assert.Contains("`doubled([1, 2])` gives `[1, 2]`", finding.Story, StringComparison.Ordinal);
        Assert.NotNull(finding.Cause ?? finding.Trail);
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
