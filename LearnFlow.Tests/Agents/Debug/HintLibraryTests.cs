using System.Collections.Concurrent;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Agents.Debug;

/// <summary>The worked examples are true: each is run by real Python, with its slip and without.</summary>
[Collection(GarnetCollection.Name)]
public sealed class HintLibraryTests(GarnetStack stack)
{
    private static readonly ErrorLibrary Errors = ErrorLibrary.Load(ConceptLibrary.Load(Curriculum.Load()));
    private static readonly HintLibrary Hints = HintLibrary.Load(Errors);

    [Fact]
    public async Task Every_example_does_before_and_after_what_it_says()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Hints.All, TestContext.Current.CancellationToken, async (hint, cancellation) =>
        {
            // What never ends has a second for it; it would take as long as it gets.
            var before = await sandbox.RunAsync(
                hint.Before, null, cancellation, hint.Gives == Hint.Endless ? TimeSpan.FromSeconds(1) : null);
            var after = await sandbox.RunAsync(hint.After, null, cancellation);
            foreach (var (what, expected, run) in new[] { ("before", hint.Gives, before), ("after", hint.Prints, after) })
            {
                if (!Does(run, expected.Trim()))
                {
                    wrong.Add($"{hint.For[0]} {what}: {run.Outcome} {run.Output} {run.Error}");
                }
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public void Every_class_of_error_has_a_hint_of_its_own() =>
        Assert.All(Errors.All, error => Assert.True(Hints.Has(error.Exception), error.Exception));

    [Fact]
    public void The_usual_slips_have_hints_of_their_own()
    {
        var shapes = Errors.All.SelectMany(error => error.Shapes.Select(shape => $"{error.Exception}/{shape.Id}")).Count(Hints.Has);

        Assert.True(shapes >= 100, $"{shapes} shapes");
        Assert.All(
            (string[])["endless-loop", "wrong-output", "off-by-one", "missing-return", "return-too-early", "reset-in-loop"],
            slip => Assert.True(Hints.Has(slip), slip));
    }

    [Theory]
    [InlineData("NameError", "forgotten-import", null, "NameError/forgotten-import")]
    [InlineData("NameError", "no-such-shape", null, "NameError")]
    [InlineData("SpaceshipError", null, "while-loops", "any")]
    [InlineData(null, "B006", "while-loops", "B006")]
    [InlineData(null, "no-such-slip", "while-loops", "endless-loop")]
    [InlineData(null, null, null, "wrong-output")]
    public void The_hint_that_is_nearest_to_a_mistake_is_taken(string? exception, string? shape, string? concept, string hint) =>
        Assert.Contains(hint, Hints.For(new(exception, "", null, "", "", shape, concept)).For);

    /// <summary>Python for WebAssembly has numbers and words of its own for what the system reports.</summary>
    private static bool Does(RunResult run, string expected) => run.Outcome switch
    {
        RunOutcome.Timeout or RunOutcome.OutputLimit => expected == Hint.Endless,
        RunOutcome.Ok => run.Output.Trim() == expected,
        _ => run.Error!.Split('\n').Any(line => line.Trim() == expected
            || (SystemErrors.FirstOrDefault(error => expected.StartsWith(error, StringComparison.Ordinal)) is { } error
                && line.StartsWith(error, StringComparison.Ordinal))),
    };

    private static readonly string[] SystemErrors = ["FileNotFoundError: [Errno ", "OverflowError: ("];
}
