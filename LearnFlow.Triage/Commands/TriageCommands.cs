using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Commands.Verify;

namespace LearnFlow.Triage.Commands;

/// <summary>What the program does beside serving. All commands end with code 2 where their input does not fit.</summary>
internal static partial class TriageCommands
{
    private const int WrongInput = 2;

    /// <summary>Whether arguments ask for a command rather than for the service.</summary>
    /// <param name="args">The program's arguments.</param>
    public static bool AreIn(string[] args) => args is ["train" or "evaluate" or "verify" or "-h" or "--help", ..];

    /// <summary>Runs the command.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("LearnFlow's triage. Without a command it serves.")
        {
            SkillCommands.Train(), SkillCommands.Evaluate(), VerifyCommand.Create(),
        };
        var parsed = root.Parse(args);
        try
        {
            return parsed.Errors.Count == 0 || parsed.Action is not null and not ParseErrorAction
                ? await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false })
                : Refuse(string.Join(' ', parsed.Errors.Select(error => error.Message)));
        }
        catch (Exception exception) when (exception is StartupException or IOException or UnauthorizedAccessException)
        {
            return Refuse(exception.Message);
        }
    }

    /// <summary>A text without the tokens in it, wherever they came from: what is printed ends up in logs.</summary>
    /// <param name="text">The text.</param>
    public static string WithoutTokens(string text) => Token().Replace(text, "…");

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(WithoutTokens(reason));
        return WrongInput;
    }

    [GeneratedRegex(@"eyJ[\w-]+(\.[\w-]*)*")]
    private static partial Regex Token();
}
