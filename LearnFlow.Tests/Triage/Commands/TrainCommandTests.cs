namespace LearnFlow.Tests.Triage.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Animals = ["cat", "dog", "cow", "horse", "sheep", "goat"];
    private static readonly string[] Colours = ["red", "green", "blue", "yellow", "purple", "white"];
    private static readonly string[] Strays = ["seven", "eleven", "twelve", "thirty", "ninety", "million"];

    private readonly DataFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_messages_give_the_same_bytes(bool withValidation)
    {
        var data = _files.Write("data.jsonl", Messages(distance: 1));
        string[] validation = withValidation ? ["--validation", _files.Write("validation.jsonl", Messages(distance: 2))] : [];

        var first = await TriageProgram.RunAsync(["train", "--data", data, .. validation, "--model", _files["first.model"]]);
        var second = await TriageProgram.RunAsync(["train", "--data", data, .. validation, "--model", _files["second.model"]]);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("3 labels", first.Output[^1], StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_files["first.model"]), File.ReadAllBytes(_files["second.model"]));
    }

    [Fact]
    public async Task A_model_knows_the_labels_that_it_was_shown() => Assert.Equal(
        ["animals", "colours", "out_of_scope"],
        await PredictAsync(Messages(distance: 1), Messages(distance: 2), ["the cat and the horse", "the blue and the green", "the ninety and the twelve"]));

    [Fact]
    public async Task What_leads_out_of_scope_by_less_than_the_validation_asks_for_is_out_of_scope()
    {
        // Of words that it never saw a model thinks nothing: only the fitted lead refuses them.
        string[] unknown = ["zeppelins burble", "quantum grommets", "marmalade", "velvet trousers"];

        var strict = await PredictAsync(
            Messages(distance: 1), [.. Messages(distance: 2), .. unknown.Select(text => (text, "out_of_scope"))], ["the cat and the horse", "umbrella soup"]);
        var trusting = await PredictAsync(
            Messages(distance: 1), [.. Messages(distance: 2), .. unknown.Select(text => (text, "animals"))], ["umbrella soup"]);

        Assert.Equal(["animals", "out_of_scope"], strict);
        Assert.NotEqual(["out_of_scope"], trusting);
    }

    [Fact]
    public async Task Without_messages_out_of_scope_nothing_is()
    {
        var inScope = Messages(distance: 1).Where(message => message.Label != "out_of_scope");

        var predicted = await PredictAsync(inScope, validation: null, ["the cat and the horse", "the blue and the green", "umbrella soup"]);

        Assert.Equal(["animals", "colours"], predicted[..2]);
        Assert.NotEqual("out_of_scope", predicted[2]);
    }

    [Theory]
    [InlineData("{\"text\":\"cat\",\"label\":\"animals\"}")]
    [InlineData("{\"text\":\"cat\",\"label\":\"animals\"}\n{\"text\":\"red\",\"label\":\"colours\"}")]
    [InlineData("{\"text\":\"?\",\"label\":\"a\"}\n{\"text\":\"!\",\"label\":\"b\"}\n{\"text\":\"...\",\"label\":\"b\"}")]
    public async Task A_few_messages_are_enough_for_a_model(string data)
    {
        var result = await TriageProgram.RunAsync("train", "--data", _files.Write("data.jsonl", data), "--model", _files["few.model"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.True(File.Exists(_files["few.model"]));
    }

    [Theory]
    [InlineData("--data", "nowhere.jsonl", "nowhere.jsonl")]
    [InlineData("--validation", "nowhere.jsonl", "nowhere.jsonl")]
    [InlineData("--model", "nowhere/some.model", "nowhere")]
    [InlineData("--model", "", "--model")]
    [InlineData("--epochs", "3", "--epochs")]
    public async Task A_wrong_option_is_told(string option, string value, string told)
    {
        var options = new Dictionary<string, string>
        {
            ["--data"] = _files.Write("data.jsonl", Messages(distance: 1)),
            ["--model"] = _files["some.model"],
            [option] = value.Contains("nowhere", StringComparison.Ordinal) ? _files[value] : value,
        };

        var result = await TriageProgram.RunAsync(["train", .. options.SelectMany(pair => (string[])[pair.Key, pair.Value])]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--validation")]
    public async Task A_wrong_line_is_told_with_its_file(string option)
    {
        var wrong = _files.Write("wrong.jsonl", "{\"text\":\"cat\",\"label\":\"animals\"}\n\n{\"text\":\"dog\"}\n");
        var right = _files.Write("right.jsonl", Messages(distance: 1));

        var result = await TriageProgram.RunAsync(
            "train", "--data", option == "--data" ? wrong : right, "--validation", option == "--validation" ? wrong : right, "--model", _files["no.model"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{wrong}, line 3: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_files["no.model"]));
    }

    [Fact]
    public async Task What_is_missing_is_told()
    {
        var result = await TriageProgram.RunAsync("train");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--data", result.Error, StringComparison.Ordinal);
        Assert.Contains("--model", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_skill_library_takes_no_validation()
    {
        var validation = _files.Write("validation.jsonl", Messages(distance: 2));

        var result = await TriageProgram.RunAsync(
            "train", "--data", LearnFlow.Triage.Skills.SkillLibrary.Folder, "--validation", validation, "--model", _files["no.model"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--validation", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Trains, and asks what a model makes of some texts.</summary>
    private async Task<string[]> PredictAsync(
        IEnumerable<(string, string)> data, IEnumerable<(string, string)>? validation, IEnumerable<string> texts)
    {
        string[] options = validation is null ? [] : ["--validation", _files.Write("validation.jsonl", validation)];
        var trained = await TriageProgram.RunAsync(
            ["train", "--data", _files.Write("data.jsonl", data), .. options, "--model", _files["my.model"]]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        var asked = _files.Write("asked.jsonl", texts.Select(text => (text, "animals")));

        var evaluated = await TriageProgram.RunAsync(
            "evaluate", "--data", asked, "--model", _files["my.model"], "--predictions", _files["predictions.jsonl"]);

        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        return [.. File.ReadLines(_files["predictions.jsonl"]).Select(line =>
            System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("predicted").GetString()!)];
    }

    /// <summary>Pairs of words of three kinds; another distance gives other pairs.</summary>
    private static List<(string Text, string Label)> Messages(int distance) =>
    [
        .. ((string[][])[Animals, Colours, Strays]).Zip(["animals", "colours", "out_of_scope"]).SelectMany(kind => kind.First.Select((word, at) =>
            ($"the {word} and the {kind.First[(at + distance) % kind.First.Length]}", kind.Second))),
    ];
}
