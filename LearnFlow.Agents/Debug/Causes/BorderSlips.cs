using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Comparisons that leave out the border of which the student speaks: "65 or older" and <c>age &gt; 65</c>.</summary>
internal static partial class BorderSlips
{
    public static IEnumerable<Slip> Find(PythonProgram program, string words)
    {
        // The numbers of a list or a text are examples.
        words = Example().Replace(words, " ");
        var (from, upTo, all) = (Numbers(AtLeast(), words), Numbers(AtMost(), words), Numbers(Number(), words));
        if (all.Count == 0)
        {
            yield break;
        }

        foreach (var statement in program.Statements)
        {
            foreach (var comparison in program.ContentOf(statement).All.OfType<ComparisonExpression>())
            {
                var (sign, border) = comparison switch
                {
                    { Right: NumberExpression right } => (comparison.Operator, right.Value),
                    { Left: NumberExpression left } => (Turned(comparison.Operator), left.Value),
                    _ => ("", ""),
                };
                if ((sign == ">" && from.Contains(border)) || (sign == "<" && upTo.Contains(border)))
                {
                    yield return Told(statement, comparison, $"You say that {border} itself belongs to it. `{ValueTypes.Short(comparison.Text)}` on line {statement.Line} leaves {border} out.", 0.9);
                }
                else if (sign is ">" or "<" or ">=" or "<=" && all.Contains(border) && !(sign == ">=" && from.Contains(border)) && !(sign == "<=" && upTo.Contains(border)))
                {
                    yield return Told(statement, comparison, $"You speak of {border}, and that is the border of `{ValueTypes.Short(comparison.Text)}` on line {statement.Line}. With {border} itself it is {(sign.Length > 1 ? "true" : "false")}.", 0.62);
                }
            }
        }
    }

    private static Slip Told(PythonStatement statement, ComparisonExpression comparison, string cause, double weight) => new(new(
        statement.Line, ValueTypes.Short(comparison.Text), cause,
        "Try it in your head with a value just below the border, with the border itself, and with one above it.", "comparisons-and-booleans"), weight);

    private static string Turned(string sign) => sign switch
    {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        _ => "",
    };

    private static HashSet<string> Numbers(Regex pattern, string words) => [.. pattern.Matches(words).Select(match => match.Groups["number"].Value)];

    [GeneratedRegex(@"(?<![\w.])(?<number>\d+(?:\.\d+)?)\s*(?:[a-z%€]{1,8}\s+)?(?:or|and)\s+(?:more|older|above|higher|over|up|upwards|greater|bigger|larger|later|longer)\b|\bat least\s+(?<number>\d+(?:\.\d+)?)|\bfrom\s+(?<number>\d+(?:\.\d+)?)\s+(?:on|up)\b|\bminimum (?:of |is )?(?<number>\d+(?:\.\d+)?)", RegexOptions.IgnoreCase)]
    private static partial Regex AtLeast();

    [GeneratedRegex(@"(?<![\w.])(?<number>\d+(?:\.\d+)?)\s*(?:[a-z%€]{1,8}\s+)?(?:or|and)\s+(?:less|younger|below|under|lower|fewer|smaller|earlier|shorter)\b|\bat most\s+(?<number>\d+(?:\.\d+)?)|\bup to\s+(?<number>\d+(?:\.\d+)?)|\bmaximum (?:of |is )?(?<number>\d+(?:\.\d+)?)", RegexOptions.IgnoreCase)]
    private static partial Regex AtMost();

    [GeneratedRegex(@"'[^'\n]{1,200}'|""[^""\n]{1,200}""|[\[(][^\[\]()\n]{0,200},[^\[\]()\n]{0,200}[\])]")]
    private static partial Regex Example();

    [GeneratedRegex(@"(?<![\w.])(?<number>\d+(?:\.\d+)?)(?![\w]|\.\d)")]
    private static partial Regex Number();
}
