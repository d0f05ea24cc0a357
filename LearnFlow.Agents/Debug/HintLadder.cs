using System.Text;
using LearnFlow.Agents.Concepts;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Debug;

/// <summary>
/// Tells of a mistake one step at a time: where it is and why, what goes on, what kind of change helps, and last a worked
/// example, which is always another program. A student's own program is never corrected for them.
/// </summary>
/// <param name="hints">What there is to say after the first step.</param>
/// <param name="concepts">The lessons that it refers to.</param>
public sealed class HintLadder(HintLibrary hints, ConceptLibrary concepts)
{
    /// <summary>The last step.</summary>
    public const int LastStep = 4;

    private const string AfterLast =
        "That was my last hint on this, and the last step is yours: I do not write your program for you, because you would not "
        + "learn it from me. Here is what helps most people now. Say out loud what each line does, one line at a time. "
        + "Put a `print` before the line that I named, and look at each value in it. Then change one thing, run it, and look "
        + "at what is different. Send me what you have after that, even if it is not right yet. I will look at it with you.";

    /// <summary>The next step of a mistake.</summary>
    /// <param name="told">The mistake, with the step that was told last.</param>
    public string Next(ToldMistake told) => told.Diagnosis.Step >= LastStep
        ? AfterLast
        : Step(told with { Diagnosis = Up(told.Diagnosis) });

    /// <summary>A mistake, told one step more of.</summary>
    /// <param name="mistake">The mistake.</param>
    public static Diagnosis Up(Diagnosis mistake) => mistake with { Step = Math.Min(mistake.Step + 1, LastStep) };

    /// <summary>What is said of a mistake at its step.</summary>
    /// <param name="mistake">The mistake.</param>
    public string Step(ToldMistake mistake)
    {
        var diagnosis = mistake.Diagnosis;
        var hint = hints.For(diagnosis);
        return diagnosis.Step switch
        {
            1 => Where(mistake),
            2 => $"**What is going on{At(" in", diagnosis)}**{Said(diagnosis)}\n\n{hint.GoingOn}{Idea(diagnosis)}\n\nDo you see it now? If not, ask me for the next hint.",
            3 => $"**What kind of change helps**\n\n{hint.Change}\n\nTry it{At(" in", diagnosis)} and send me the new code. I will check it. "
                + "If you get stuck, ask again, and I will show you an example.",
            _ => Example(hint, diagnosis),
        };
    }

    private static string Where(ToldMistake mistake)
    {
        var diagnosis = mistake.Diagnosis;
        var text = new StringBuilder($"**{diagnosis.Exception ?? "Look here"}**{At(" on", diagnosis)}");
        text.Append($"{Said(diagnosis)}\n\n");
        if (mistake.Source is { } source)
        {
            text.Append($"```python\n{source}\n```\n\n");
        }

        if (diagnosis.Expression is { } expression && !diagnosis.Cause.Contains(expression, StringComparison.Ordinal))
        {
            text.Append($"Look at {InlineCode(expression)}. ");
        }

        return text.Append($"{diagnosis.Cause}\n\n**Your next step:** {diagnosis.Hint}").ToString();
    }

    private string Idea(Diagnosis diagnosis) => diagnosis.Concept is { } id && concepts.Find(id) is { } concept
        ? $"\n\nThe idea behind it: *{concept.Title}*. Ask me about it if it is new to you."
        : "";

    private static string Example(Hint hint, Diagnosis diagnosis)
    {
        var gives = hint.Gives == Hint.Endless ? "It never ends." : Shown(hint.Gives);
        return "**An example from another program**\n\n"
            + $"Here is the same kind of slip:\n\n```python\n{hint.Before.TrimEnd()}\n```\n\n{gives}\n\n"
            + $"And here it is without the slip:\n\n```python\n{hint.After.TrimEnd()}\n```\n\n{Shown(hint.Prints)}\n\n{hint.Why}\n\n"
            + $"Now compare it{At(" with", diagnosis)} of yours. What would be the same kind of change there?";
    }

    private static string Shown(string output) => output.Trim() is { Length: > 0 } text
        ? text.Contains('\n', StringComparison.Ordinal) ? $"It gives:\n\n```output\n{text}\n```" : $"It gives {InlineCode(text)}."
        : "It ends without a word.";

    /// <summary>What Python said, behind a title.</summary>
    private static string Said(Diagnosis diagnosis) =>
        diagnosis is { Exception: not null, Message.Length: > 0 } ? $": {InlineCode(diagnosis.Message)}" : "";

    private static string At(string preposition, Diagnosis diagnosis) =>
        diagnosis.Line is { } line ? $"{preposition} line {line}" : preposition == " with" ? " with the line" : "";

    private static string InlineCode(string text) => $"`{text.Replace('`', '\'')}`";
}
