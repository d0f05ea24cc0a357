using System.Text.Json;

namespace LearnFlow.Tests.Triage.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    /// <summary>Messages whose reading is beyond doubt, with labels of which some are wrong on purpose.</summary>
    private static readonly (string Text, string Label)[] Messages =
    [
        ("quiz me", "exercise"),
        ("explain recursion", "concepts"),
        ("what is a list?", "debug"), // read as concepts
        ("help", "debug"), // asked back
        ("I get IndexError: list index out of range", "debug"),
        ("tell me a joke", "out_of_scope"),
        ("show me my progress", "out_of_scope"), // read as progress
    ];

    private readonly DataFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task The_last_line_is_one_object_with_the_figures()
    {
        var result = await TriageProgram.RunAsync("evaluate", "--data", _files.Write("data.jsonl", Messages));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var scores = JsonDocument.Parse(result.Output[^1]);
        Assert.Equal(
            [
                "n", "accuracy", "macroF1", "abstained", "selectiveAccuracy", "inScopeAccuracy", "outOfScopeRecall",
                "microsecondsPerQuery", "bytesPerQuery", "perLabel",
            ],
            scores.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(7, Number("n"));
        Assert.Equal(4.0 / 7, Number("accuracy"), 4);
        Assert.Equal((1 + (2.0 / 3) + (1.0 / 2) + (2.0 / 3)) / 4, Number("macroF1"), 4);
        Assert.Equal(1.0 / 7, Number("abstained"), 4);
        Assert.Equal(4.0 / 6, Number("selectiveAccuracy"), 4);
        Assert.Equal(3.0 / 5, Number("inScopeAccuracy"), 4);
        Assert.Equal(1.0 / 2, Number("outOfScopeRecall"), 4);
        Assert.True(Number("microsecondsPerQuery") > 0);
        Assert.True(Number("bytesPerQuery") >= 0);
        var labels = scores.RootElement.GetProperty("perLabel").EnumerateObject().ToDictionary(label => label.Name, label => label.Value);
        Assert.Equal(["concepts", "debug", "exercise", "out_of_scope"], labels.Keys);
        AssertLabel("exercise", precision: 1, recall: 1, f1: 1, n: 1);
        AssertLabel("concepts", precision: 1.0 / 2, recall: 1, f1: 2.0 / 3, n: 1);
        AssertLabel("debug", precision: 1, recall: 1.0 / 3, f1: 1.0 / 2, n: 3);
        AssertLabel("out_of_scope", precision: 1, recall: 1.0 / 2, f1: 2.0 / 3, n: 2);

        double Number(string field) => scores.RootElement.GetProperty(field).GetDouble();

        void AssertLabel(string label, double precision, double recall, double f1, int n)
        {
            Assert.Equal(["precision", "recall", "f1", "n"], labels[label].EnumerateObject().Select(field => field.Name));
            Assert.Equal(precision, labels[label].GetProperty("precision").GetDouble(), 4);
            Assert.Equal(recall, labels[label].GetProperty("recall").GetDouble(), 4);
            Assert.Equal(f1, labels[label].GetProperty("f1").GetDouble(), 4);
            Assert.Equal(n, labels[label].GetProperty("n").GetInt32());
        }
    }

    [Fact]
    public async Task A_table_for_people_tells_what_was_taken_for_what()
    {
        var result = await TriageProgram.RunAsync("evaluate", "--data", _files.Write("data.jsonl", Messages));

        var table = result.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["clarify", "concepts", "debug", "exercise", "out_of_scope", "progress"], table[0].Order(StringComparer.Ordinal));
        var debug = table.Single(row => row[0] == "debug").Skip(1).ToArray();
        Assert.Equal("1", debug[Array.IndexOf(table[0], "concepts")]);
        Assert.Equal("1", debug[Array.IndexOf(table[0], "debug")]);
        Assert.Equal("1", debug[Array.IndexOf(table[0], "clarify")]);
        Assert.Equal("0", debug[Array.IndexOf(table[0], "progress")]);
    }

    [Fact]
    public async Task Each_prediction_is_a_line_of_the_file_that_is_asked_for()
    {
        var result = await TriageProgram.RunAsync(
            "evaluate", "--data", _files.Write("data.jsonl", Messages), "--predictions", _files["predictions.jsonl"]);

        Assert.Equal(0, result.ExitCode);
        var predictions = File.ReadLines(_files["predictions.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Messages, predictions.Select(line => (Text(line, "text"), Text(line, "label"))));
        Assert.Equal(
            ["exercise", "concepts", "concepts", "clarify", "debug", "out_of_scope", "progress"],
            predictions.Select(line => Text(line, "predicted")));
        Assert.All(predictions, line => Assert.InRange(line.GetProperty("confidence").GetDouble(), 0, 1));

        static string Text(JsonElement line, string field) => line.GetProperty(field).GetString()!;
    }

    [Fact]
    public async Task Signals_and_phrases_alone_are_measured_too()
    {
        var data = _files.Write("data.jsonl", Messages);

        var result = await TriageProgram.RunAsync("evaluate", "--data", data, "--without-model");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(7, JsonDocument.Parse(result.Output[^1]).RootElement.GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("{\"text\":\"a\",\"label\":\"b\"}\n{\"text\":\"a\"}", 2, "\"label\" is missing")]
    [InlineData("{\"label\":\"b\"}", 1, "\"text\" is missing")]
    [InlineData("{\"Text\":\"a\",\"label\":\"b\"}", 1, "\"text\" is missing")]
    [InlineData("{\"text\":1,\"label\":\"b\"}", 1, "\"text\" is no string")]
    [InlineData("{\"text\":\"a\",\"label\":null}", 1, "\"label\" is no string")]
    [InlineData("{\"text\":\" \",\"label\":\"b\"}", 1, "\"text\" is empty")]
    [InlineData("{\"text\":\"a\",\"label\":\"\"}", 1, "\"label\" is empty")]
    [InlineData("{\"text\":\"a\",\"label\":\"b\"}\n\n\nno JSON", 4, "no JSON")]
    [InlineData("{\"text\":\"a\",\"label\":\"b\"", 1, "no JSON")]
    [InlineData("{\"text\":\"a\",\"label\":\"b\"} {}", 1, "no JSON")]
    [InlineData("[\"a\", \"b\"]", 1, "no JSON object")]
    [InlineData("\"a\"", 1, "no JSON object")]
    [InlineData("{\"text\":\"\\ud800\",\"label\":\"b\"}", 1, "surrogate")]
    [InlineData("{\"text\":\"a\",\"label\":\"\\udc00b\"}", 1, "surrogate")]
    [InlineData("{\"\\ud800\":1,\"text\":\"a\"}", 1, "")]
    public async Task A_wrong_line_is_told_with_file_and_line(string content, int line, string told)
    {
        var data = _files.Write("data.jsonl", content);

        var result = await TriageProgram.RunAsync("evaluate", "--data", data);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"{data}, line {line}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public async Task A_file_without_a_message_is_told(string content)
    {
        var data = _files.Write("data.jsonl", content);

        var result = await TriageProgram.RunAsync("evaluate", "--data", data);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{data} holds no message", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data", "nowhere.jsonl")]
    [InlineData("--model", "nowhere.model")]
    [InlineData("--model", "nowhere/a.model")]
    [InlineData("--predictions", "nowhere/predictions.jsonl")]
    public async Task A_file_that_is_not_there_is_told(string option, string name)
    {
        var options = new Dictionary<string, string> { ["--data"] = _files.Write("data.jsonl", Messages), [option] = _files[name] };

        var result = await TriageProgram.RunAsync(["evaluate", .. options.SelectMany(pair => (string[])[pair.Key, pair.Value])]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(_files[name], result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\":\"no model\"}")]
    [InlineData("\u0011LearnFlow model 1")]
    public async Task A_file_that_is_no_model_is_told(string content)
    {
        var model = _files.Write("some.model", content);

        var result = await TriageProgram.RunAsync("evaluate", "--data", _files.Write("data.jsonl", Messages), "--model", model);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(model, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--speed")]
    [InlineData("--model")]
    [InlineData("--predictions", "")]
    public async Task An_unknown_option_and_one_without_its_value_are_told(string option, params string[] value)
    {
        var result = await TriageProgram.RunAsync(["evaluate", "--data", _files.Write("data.jsonl", Messages), option, .. value]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(option, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_given()
    {
        var result = await TriageProgram.RunAsync("evaluate", "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(result.Output, line => line.Contains("--predictions", StringComparison.Ordinal));
    }
}
