using System.Collections.Concurrent;
using CsCheck;
using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Python;
using LearnFlow.Tests.Integration;

namespace LearnFlow.Tests.Agents.Debug;

/// <summary>What <c>Content/errors</c> says of errors, checked against a real Python.</summary>
[Collection(GarnetCollection.Name)]
public sealed class ErrorLibraryTests(GarnetStack stack)
{
    private static readonly ErrorLibrary Errors = ErrorLibrary.Load(ConceptLibrary.Load(Curriculum.Load()));

    /// <summary>What Python for WebAssembly cannot raise: it has no pipes, sockets, event loop or /dev, and 32 bits.</summary>
    private static readonly HashSet<string> NotInWebAssembly =
    [
        "BrokenPipeError/broken-pipe", "ConnectionRefusedError/connection-refused", "FileNotFoundError/empty-path",
        "MemoryError/memory-plain", "RecursionError/depth-in-text-form", "TimeoutError/connection-timed-out",
        "TypeError/coroutine", "ValueError/closed-file",
    ];

    [Fact]
    public async Task Every_error_example_raises_what_it_explains()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var examples = Errors.All
            .SelectMany(error => error.Shapes.SelectMany(shape => shape.Examples.Select(program => (error.Exception, Shape: shape.Id, Program: program))))
            .ToList();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(examples, TestContext.Current.CancellationToken, async (example, cancellation) =>
        {
            var run = await sandbox.RunAsync(example.Program, null, cancellation);
            var found = Traceback.Find(run.Error);
            var shape = found is null ? null : Errors.Explain(found, example.Program).Shape;
            if (NotInWebAssembly.Contains($"{example.Exception}/{example.Shape}"))
            {
                return;
            }

            // struct.error and re.error are called Error in one file.
            if (!string.Equals(found?.Exception, example.Exception, StringComparison.OrdinalIgnoreCase) || shape != example.Shape)
            {
                wrong.Add($"{example.Exception}/{example.Shape}: {found?.Exception}: {found?.Message} is {shape}, {found?.Place}");
            }
        });

        Assert.True(examples.Count >= 600, $"only {examples.Count} examples");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public async Task Every_class_that_Python_has_built_in_is_explained()
    {
        var sandbox = await Sandboxes.RequireAsync(stack);
        var run = await sandbox.RunAsync(
            "import builtins\nfor name, value in vars(builtins).items():\n    if isinstance(value, type) and issubclass(value, BaseException):\n        print(name)\n",
            null,
            TestContext.Current.CancellationToken);
        string[] classes = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), "PythonFinalizationError"];

        Assert.True(classes.Length > 65, $"only {classes.Length} classes");
        Assert.All(classes, name => Assert.NotNull(Errors.Explain(name, "").Concept));
    }

    [Theory]
    [InlineData(60, "SyntaxError", "IndentationError", "TabError")]
    [InlineData(40, "TypeError")]
    [InlineData(20, "ValueError")]
    public void There_are_as_many_causes_as_beginners_meet(int count, params string[] classes)
    {
        var shapes = Errors.All.Where(error => classes.Contains(error.Exception)).Sum(error => error.Shapes.Count);

        Assert.True(shapes >= count, $"only {shapes} causes of {string.Join(", ", classes)}");
    }

    [Fact]
    public void Every_message_of_another_version_is_recognised() => Assert.All(
        Errors.All.SelectMany(error => error.Shapes
            .Where(shape => shape.Source is null)
            .SelectMany(shape => shape.Messages.Select(message => (error, shape, message)))),
        entry => Assert.Equal(entry.shape.Id, Errors.Explain(entry.error.Exception, entry.message).Shape));

    [Fact]
    public void Every_failing_line_of_another_version_is_recognised() => Assert.All(
        Errors.All.SelectMany(error => error.Shapes.SelectMany(shape => shape.Lines.Select(line => (error, shape, line)))),
        entry => Assert.Equal(
            entry.shape.Id, Errors.Explain(entry.error.Exception, entry.shape.Messages[0], new FailingLine(entry.line)).Shape));

    [Fact]
    public void Every_cause_is_shown_by_an_example_or_by_what_another_version_says() => Assert.Empty(
        Errors.All.SelectMany(error => error.Shapes
            .Where(shape => shape.Examples.Count + shape.Messages.Count + shape.Lines.Count == 0 && shape.Source?.Contains(FailingLine.Mark) != true)
            .Select(shape => $"{error.Exception}/{shape.Id}")));

    [Theory]
    [InlineData("print(x)", 0, "line-above-incomplete")]
    [InlineData("def greet():", 0, "line-above-incomplete")]
    [InlineData("while n < 10:", 12, "line-above-incomplete")]
    [InlineData("\"Bob\": 28,", 5, "comma-missing-above")]
    [InlineData("if (n > 3:", 9, "bracket-open-in-line")]
    [InlineData("print(\"n is\" n)", 13, "two-values-side-by-side")]
    [InlineData("hello world", 10, "two-values-side-by-side")]
    [InlineData("numbers = [1, 2)", 15, "closing-not-expected")]
    [InlineData("print(n, class)", 13, "keyword-in-expression")]
    [InlineData("if n > 3 print(n)", 13, "missing-colon-before-body")]
    [InlineData("print(\"a += b; c++\" n)", 20, "two-values-side-by-side")]
    [InlineData("total = 5  # total++", 8, null)]
    public void Invalid_syntax_is_explained_by_the_line_and_where_its_mark_points(string line, int caret, string? shape) =>
        Assert.Equal(shape, Errors.Explain("SyntaxError", "invalid syntax", new FailingLine(line, caret)).Shape);

    [Fact]
    public void The_line_comes_from_the_code_where_the_traceback_does_not_show_it()
    {
        var error = new Traceback("SyntaxError", "invalid syntax", [new("main.py", 2, null, null)]);

        Assert.Equal("increment", Errors.Explain(error, "n = 1\nn++\n").Shape);
        Assert.Null(Errors.Explain(error).Shape);
    }

    [Fact]
    public void What_the_line_names_stands_in_its_explanation_as_it_was_written()
    {
        var explanation = Errors.Explain("SyntaxError", "invalid syntax", new FailingLine("def show(\"the text\"):", 9));

        Assert.Contains("`\"the text\"`", explanation.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_message_names_stands_in_its_explanation()
    {
        var explanation = Errors.Explain("NameError", "name 'total' is not defined");

        Assert.Contains("`total`", explanation.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("{", explanation.Cause + explanation.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IOError", "[Errno 2] No such file or directory: 'a.txt'", "file-missing")]
    [InlineData("ImportError", "No module named Tkinter", "python2-module")]
    [InlineData("RuntimeError", "maximum recursion depth exceeded", "depth-exceeded")]
    [InlineData("ValueError", "Expecting value: line 1 column 1 (char 0)", "empty-text")]
    [InlineData("AttributeError", "'module' object has no attribute 'foo", "module-unnamed")]
    public void What_older_versions_call_otherwise_or_a_paste_cut_off_is_explained_too(string exception, string message, string shape) =>
        Assert.Equal(shape, Errors.Explain(exception, message).Shape);

    [Fact]
    public void A_group_of_errors_is_explained_by_its_first()
    {
        var error = new Traceback("ExceptionGroup", "checks (2 sub-exceptions)", [])
        {
            Parts = [new("KeyError", "'name'", []), new("ValueError", "b", [])],
        };

        var explanation = Errors.Explain(error);

        Assert.Equal("several-errors", explanation.Shape);
        Assert.Contains("`name`", explanation.Cause, StringComparison.Ordinal);
        Assert.StartsWith("2 errors were raised together", explanation.Cause, StringComparison.Ordinal);
        Assert.Contains("`KeyError`", explanation.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_or_line_made_to_take_long_is_answered_all_the_same()
    {
        foreach (var error in Errors.All)
        {
            foreach (var part in (string[])["a", "'", "' ", "()", "\\", " 'a' ", "a.a", "0", "(a, ", "[", "if ", ", ", "a b "])
            {
                var text = string.Concat(Enumerable.Repeat(part, 20_000));
                Assert.NotEmpty(Errors.Explain(error.Exception, text, new FailingLine(text, 7)).Cause);
                Assert.NotEmpty(Errors.Explain(error.Exception, "invalid syntax", new FailingLine(text)).Cause);
            }
        }
    }

    [Fact]
    public void Whatever_stands_in_a_line_it_is_explained() => Gen.Select(Gen.String, Gen.Int[-5, 400]).Sample(
        (text, caret) => Errors.Explain("SyntaxError", "invalid syntax", new FailingLine(text, caret)).Cause.Length > 0);

    [Fact]
    public void An_unknown_error_is_called_unknown()
    {
        var explanation = Errors.Explain("SpaceshipError", "out of fuel");

        Assert.Null(explanation.Shape);
        Assert.Contains("cannot say for certain", explanation.Cause, StringComparison.Ordinal);
    }
}
