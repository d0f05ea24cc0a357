using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using LearnFlow.Tests.Integration;
using LearnFlow.Tests.Triage.Commands;
using YamlDotNet.RepresentationModel;

namespace LearnFlow.Tests.Docs;

/// <summary>Samples on the pages: commands that a shell can read, with files, options and settings that there are, and data that parses.</summary>
public sealed partial class SampleTests
{
    /// <summary>All but what teachers' lessons show, which is Python and tested with the agents.</summary>
    private static IEnumerable<string> Manuals =>
        Pages.All.Where(page => !page.StartsWith("LearnFlow.Agents/Content/", StringComparison.Ordinal));

    private static IEnumerable<CodeBlock> Commands => Manuals.SelectMany(Pages.Blocks).Where(block => block.Language is "sh" or "bash");

    [Fact]
    public async Task A_shell_can_read_every_command()
    {
        var bash = Tools.Require("bash");
        foreach (var block in Commands)
        {
            using var shell = Process.Start(new ProcessStartInfo(bash, ["-n"])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
            })!;
            await shell.StandardInput.WriteAsync(block.Text);
            shell.StandardInput.Close();
            var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(shell.ExitCode == 0, $"{block}: {error}");
        }
    }

    [Fact]
    public void Every_file_that_a_command_or_a_sentence_names_is_there()
    {
        var folders = Directory.EnumerateDirectories(Pages.Root).Select(Path.GetFileName).Where(name => !name!.StartsWith('.')).ToHashSet();
        var missing =
            from page in Manuals
            let split = Pages.Split(page, File.ReadAllText(Path.Combine(Pages.Root, page)))
            from text in split.Blocks.Where(block => block.Language is "sh" or "bash").Select(block => block.Text)
                .Concat(split.Prose.SelectMany(line => InlineCode().Matches(line.Text)).Select(code => code.Groups[1].Value))
            from path in Words(text)
            where PathInRepository().IsMatch(path) && folders.Contains(path.Split('/')[0])
                && !File.Exists(Path.Combine(Pages.Root, path)) && !Directory.Exists(Path.Combine(Pages.Root, path))
            select $"{page}: {path}";

        Assert.Empty(missing.Distinct());
    }

    [Fact]
    public async Task Every_command_of_triage_has_the_options_that_it_is_given()
    {
        var calls = (from block in Commands
                     from call in TriageCall().Matches(Joined(block.Text))
                     select (Block: block, Command: call.Groups[1].Value, Options: Words(call.Groups[2].Value).Where(word => word.StartsWith("--", StringComparison.Ordinal)))).ToList();

        Assert.NotEmpty(calls);
        foreach (var group in calls.GroupBy(call => call.Command))
        {
            var help = await TriageProgram.RunAsync(group.Key, "--help");
            Assert.Equal(0, help.ExitCode);
            var known = help.Output.SelectMany(Words).ToHashSet();
            Assert.All(group, call => Assert.All(call.Options, option => Assert.True(known.Contains(option), $"{call.Block}: {group.Key} has no {option}")));
        }
    }

    [Fact]
    public void Every_setting_that_a_command_sets_is_documented()
    {
        var documented = File.ReadAllText(Pages.Of("configuration.md"));
        var settings =
            from block in Commands
            from match in Setting().Matches(Joined(block.Text))
            let setting = Number().Replace((match.Groups[1].Value + match.Groups[2].Value).Replace("__", ":", StringComparison.Ordinal), ":{n}")
            where !documented.Contains($"`{setting}`", StringComparison.Ordinal)
                && !documented.Contains($"`:{setting[(setting.LastIndexOf(':') + 1)..]}`", StringComparison.Ordinal)
            select $"{block}: {setting}";

        Assert.Empty(settings);
    }

    [Fact]
    public void Data_parses()
    {
        foreach (var block in Manuals.SelectMany(Pages.Blocks))
        {
            var thrown = Record.Exception(() => Parse(block));
            Assert.True(thrown is null, $"{block}: {thrown?.Message}");
        }

        static void Parse(CodeBlock block)
        {
            if (block.Language == "json")
            {
                JsonDocument.Parse(block.Text).Dispose();
            }
            else if (block.Language is "yaml" or "yml")
            {
                new YamlStream().Load(new StringReader(block.Text));
            }
        }
    }

    [Fact]
    public async Task Dotnet_run_finds_files_where_it_is_called()
    {
        using var files = new DataFolder();
        files.Write("messages.jsonl", """{"text":"what is a list?","label":"concepts"}""");
        using var run = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["run", "--no-build", "--project", Path.Combine(Pages.Root, "LearnFlow.Triage"), "-c", Configuration, "--", "evaluate", "--data", "messages.jsonl"])
        {
            WorkingDirectory = files[""],
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (run.ExitCode, error));
        Assert.Contains("\"n\":1", await output, StringComparison.Ordinal);
    }

    /// <summary>As which the tests were built, and what they test with them.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>With lines that go on in the next one as one line.</summary>
    private static string Joined(string text) => text.Replace("\\\n", " ", StringComparison.Ordinal);

    private static IEnumerable<string> Words(string text) => Joined(text)
        .Split([' ', '\n', '\t', '"', '\'', '=', ',', '(', ')', ';', '<', '>', '|', '&'], StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.TrimEnd('.', ':'));

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^[\w.-]+(/[\w.-]+)*/?$")]
    private static partial Regex PathInRepository();

    [GeneratedRegex("LearnFlow\\.Triage -- (\\w+)([^\\n|&;]*)")]
    private static partial Regex TriageCall();

    [GeneratedRegex(@"--([A-Z]\w*(?::\w+)+)=|\b([A-Z]\w*?(?:__\w+?)+)=")]
    private static partial Regex Setting();

    [GeneratedRegex(@":\d+")]
    private static partial Regex Number();
}
