using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Agents.Content;

namespace LearnFlow.Tests.Agents.Debug;

/// <summary>One step says where, the next what goes on, the next what kind of change, and only the last shows a program.</summary>
public sealed class HintLadderTests
{
    private const string Code = "total = 5\nprint(totl)\n";

    private static readonly ConceptLibrary Concepts = ConceptLibrary.Load(Curriculum.Load());
    private static readonly ErrorLibrary Errors = ErrorLibrary.Load(Concepts);
    private static readonly HintLibrary Hints = HintLibrary.Load(Errors);
    private static readonly HintLadder Ladder = new(Hints, Concepts);

    private static readonly ToldMistake Misspelled = new(
        new("NameError", "name 'totl' is not defined", 2, "Python does not know the name `totl`.", "Compare the letters.", "undefined-name", "variables"),
        "print(totl)");

    [Fact]
    public void The_first_step_names_the_line_what_is_in_it_and_the_cause()
    {
        var text = Ladder.Step(Misspelled);

        Assert.Contains("line 2", text, StringComparison.Ordinal);
        Assert.Contains("print(totl)", text, StringComparison.Ordinal);
        Assert.Contains("does not know the name `totl`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_that_the_cause_does_not_name_is_named() => Assert.Contains(
        "`numbers[3]`",
        Ladder.Step(Misspelled with { Diagnosis = Misspelled.Diagnosis with { Expression = "numbers[3]" } }),
        StringComparison.Ordinal);

    [Fact]
    public void Each_step_says_something_new_and_only_the_last_shows_a_program_which_is_another()
    {
        var steps = Steps(Misspelled).ToList();

        Assert.Equal(5, steps.Distinct().Count());
        Assert.All(steps[1..3], step => Assert.DoesNotContain("```", step, StringComparison.Ordinal));
        Assert.Contains("colour", steps[3], StringComparison.Ordinal);
        Assert.All(steps[1..], step => Assert.DoesNotContain("print(total)", step, StringComparison.Ordinal));
        Assert.DoesNotContain("```", steps[4], StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_last_step_it_stays_where_it_is()
    {
        var last = Misspelled with { Diagnosis = Misspelled.Diagnosis with { Step = HintLadder.LastStep } };

        Assert.Equal(HintLadder.LastStep, HintLadder.Up(last.Diagnosis).Step);
        Assert.DoesNotContain("```", Ladder.Next(last), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_step_of_every_error_is_short_and_in_plain_words()
    {
        var mistakes = Errors.All.SelectMany(error => error.Shapes
            .Select(shape => new Diagnosis(error.Exception, "", 3, shape.Means, shape.Hint, shape.Id, error.Concept))
            .Append(new Diagnosis(error.Exception, "", 3, error.Meaning, error.Hint, null, error.Concept)));

        Assert.Empty(mistakes
            .SelectMany(mistake => Steps(new(mistake, "print(x)")))
            .Select(ReadingGrade.ProblemWith)
            .OfType<string>());
    }

    [Theory]
    [InlineData(2, "print(totl)", true)]
    [InlineData(7, "print(totl)", true)]
    [InlineData(2, "show(totl)", true)]
    [InlineData(7, "show(totl)", false)]
    [InlineData(null, null, true)]
    public void A_mistake_is_the_same_by_its_line_or_by_what_stands_in_it(int? line, string? source, bool isSame) =>
        Assert.Equal(isSame, new ToldMistake(Misspelled.Diagnosis with { Line = line, Step = 3 }, source).Is(Misspelled));

    [Fact]
    public void What_was_told_without_its_line_is_told_once_more_with_it() =>
        Assert.False(Misspelled.Is(new(Misspelled.Diagnosis with { Line = null }, null)));

    [Fact]
    public void What_one_version_of_Python_guesses_makes_no_other_mistake() => Assert.True(Misspelled.Is(Misspelled with
    {
        Diagnosis = Misspelled.Diagnosis with { Message = "name 'totl' is not defined. Did you mean: 'total'?", Shape = "did-you-mean" },
    }));

    [Fact]
    public void Another_name_is_another_mistake() =>
        Assert.False(Misspelled.Is(Misspelled with { Diagnosis = Misspelled.Diagnosis with { Message = "name 'x' is not defined" } }));

    [Fact]
    public void A_program_is_new_where_more_than_its_end_differs()
    {
        var conversation = DebugConversation.New.With(Misspelled, Code);

        Assert.False(conversation.IsNew(Code.TrimEnd().ReplaceLineEndings("\r\n")));
        Assert.True(conversation.IsNew(Code + "print(1)"));
    }

    [Fact]
    public void A_program_that_has_little_of_the_last_one_is_another()
    {
        var conversation = DebugConversation.New.With(Misspelled, "a = 1\nb = 2\nc = 3\nprint(totl)\n");

        Assert.True(conversation.IsAnother("for i in range(3):\n    print(i)\n"));
        Assert.False(conversation.IsAnother("a = 1\nb = 2\nc = 30\nprint(total)\n"));
        Assert.False(DebugConversation.New.With(Misspelled, "print(totl)").IsAnother("print(5)"));
    }

    private static IEnumerable<string> Steps(ToldMistake mistake)
    {
        yield return Ladder.Step(mistake);
        for (var step = 1; step <= HintLadder.LastStep; step++)
        {
            yield return Ladder.Next(mistake with { Diagnosis = mistake.Diagnosis with { Step = step } });
        }
    }
}
