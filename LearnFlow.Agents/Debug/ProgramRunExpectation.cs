using System.Text.RegularExpressions;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>What a student says that the program should do.</summary>
/// <param name="Call">The call that they speak of; null for what the program prints.</param>
/// <param name="Expected">What they expect.</param>
/// <param name="Actual">What they get instead; null where they do not say.</param>
internal sealed record ProgramRunExpectation(string? Call, string Expected, string? Actual)
{
    /// <summary>Whether it may as well be what they get: "top(3) is 9".</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>Whether the student says what they expect.</summary>
    /// <param name="words">The student's words.</param>
    public static bool IsSaid(string words) => Said(words) is not null;

    /// <summary>Calls in the student's words that are tried.</summary>
    private const int MostCalls = 6;

    /// <summary>Reads the expectation out of the student's words, or else out of the program's own comments and examples.</summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    /// <param name="input">What they type in (<see cref="ProgramRunInput"/>).</param>
    /// <param name="output">What the program prints.</param>
    public static IReadOnlyList<ProgramRunExpectation> Read(string words, PythonProgram program, string? input, string output)
    {
        if (StatedIn(words, program) is { Count: > 0 } stated)
        {
            return stated;
        }

        var told = InWords(words, program, input);
        // "It is 0.0 but the website says 22.9": what the program prints cannot be what is missed.
        if (told is { Call: null, Actual: { } actual } && output.Contains(told.Expected, StringComparison.Ordinal) && !output.Contains(actual, StringComparison.Ordinal))
        {
            told = told with { Expected = actual, Actual = told.Expected };
        }

        // A word that the program cannot say is a part of their sentence: "it should print two of them".
        if (told is { Call: null, Actual: null } && told.Expected.All(char.IsLetter) && !program.Code.Contains(told.Expected, StringComparison.OrdinalIgnoreCase) && !ExpectationPatterns.Quoted().IsMatch(words))
        {
            told = null;
        }

        return told is null ? [.. InCode(program).Take(6)]
            : told is { Call: null, Actual: not null } ? [told, .. AlsoExpected(words, told)]
            : [told];
    }

    /// <summary>The calls of the program's own functions that a student writes down, the first few.</summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    public static IReadOnlyList<string> CallsIn(string words, PythonProgram program) =>
        [.. MatchesOfCalls(words, program).Select(CallOf).Distinct().Take(MostCalls)];

    private static IEnumerable<Match> MatchesOfCalls(string words, PythonProgram program) => ExpectationPatterns.Call().Matches(words)
        .Where(match => program.Defines(match.Groups["name"].Value) && IsArguments(match.Groups["arguments"].Value.Trim(), program, match.Groups["name"].Value));

    private static string CallOf(Match match) => $"{match.Groups["name"].Value}({match.Groups["arguments"].Value.Trim()})";

    /// <summary>Calls beside which stands what they should give: <c>assert top([2, 9]) == 9</c>, "top([2, 9]) should be 9", an example of the exercise sheet.</summary>
    private static List<ProgramRunExpectation> StatedIn(string words, PythonProgram program)
    {
        var stated = new List<ProgramRunExpectation>();
        foreach (var call in MatchesOfCalls(words, program))
        {
            var end = call.Index + call.Length;
            var isPrompt = words.AsSpan(0, call.Index).TrimEnd(' ').EndsWith(">>>");
            var after = ExpectationPatterns.AfterCall().Match(words, end);
            // "top(3) -> 1, it should be 2": the arrow shows what they get.
            var given = after.Groups["sign"].Success && Said(words) is not null ? Match.Empty
                : after.Success ? after
                : isPrompt ? ExpectationPatterns.BelowCall().Match(words, end)
                : Match.Empty;
            if (!given.Success && ExpectationPatterns.AskedAfterCall().Match(words, end) is { Success: true } asked && ExpectationPatterns.Why().IsMatch(words[..call.Index]))
            {
                stated.Add(new(CallOf(call), asked.Groups["value"].Value == "True" ? "False" : "True", asked.Groups["value"].Value));
                continue;
            }

            // Who says nowhere what they expect may say it like this.
            var isDoubtful = !given.Success && !after.Success && Said(words) is null;
            given = isDoubtful ? ExpectationPatterns.BesideCall().Match(words, end) : given;
            if (given.Success && Plain(given.Groups["value"].Value) is var value && IsValue(value) && !IsError(value))
            {
                // What stands below a prompt is the sheet's example, or what they see themselves.
                stated.Add(new(CallOf(call), value, null) { IsDoubtful = isDoubtful || (isPrompt && !after.Success) });
            }
        }

        return [.. stated.DistinctBy(expectation => expectation.Call).Take(MostCalls)];
    }

    /// <summary>Whether a word is the name of an error, which is what they get and not what they expect.</summary>
    private static bool IsError(string value) => value.EndsWith("Error", StringComparison.Ordinal) || value.EndsWith("Exception", StringComparison.Ordinal);

    private static ProgramRunExpectation? InWords(string words, PythonProgram program, string? input)
    {
        if (ExpectationPatterns.Blocks().Match(words) is { Success: true } blocks)
        {
            return new(null, Unfenced(blocks.Groups["expected"].Value), Unfenced(blocks.Groups["actual"].Value));
        }

        if (ExpectationPatterns.ExpectedText().Match(words) is { Success: true } text)
        {
            return new(null, text.Groups["value"].Value.Trim(), ExpectationPatterns.ActualText().Match(words) is { Success: true } instead ? instead.Groups["value"].Value.Trim() : null);
        }

        var said = Said(words);
        var expected = said is null ? null : Plain(said.Groups["value"].Value);
        var actual = ExpectationPatterns.Actual().Matches(words)
            .Select(match => Plain(match.Groups["value"].Value))
            .FirstOrDefault(value => IsValue(value) && value != expected);
        // "With 3 I get 2 instead of 6": the call is the one of that sentence, if it names one.
        var sentence = said is null ? "" : SentenceAt(words, said.Index);
        var call = CallIn(sentence, program) ?? (expected is null ? null : CallOfValue(sentence, program, expected, actual)) ?? CallIn(words, program);
        return expected is not null ? new(call ?? CallOfValue(words, program, expected, actual), expected, actual)
            : actual is not null && ExpectationPatterns.Complaint().IsMatch(words) ? ByElimination(words, program, input, call, actual)
            : null;
    }

    // "Highest should be 88 and lowest should be 45"
    private static IEnumerable<ProgramRunExpectation> AlsoExpected(string words, ProgramRunExpectation first) => ExpectationPatterns.Expected().Matches(words)
        .Select(match => Plain(match.Groups["value"].Value))
        .Where(value => value != first.Expected && value != first.Actual && ExpectationPatterns.Literal().IsMatch(value))
        .Distinct()
        .Take(3)
        .Select(value => new ProgramRunExpectation(null, value, null));

    /// <summary>"125 minutes is 2:05 but I get 2:5": what they get is clear, and of the other values only one can be what they expect.</summary>
    private static ProgramRunExpectation? ByElimination(string words, PythonProgram program, string? input, string? call, string actual)
    {
        if (!ExpectationPatterns.Literal().IsMatch(actual))
        {
            return null;
        }

        call ??= CallOfValue(words, program, actual);
        var typed = input?.Split('\n') ?? [];
        var others = ExpectationPatterns.Literals().Matches(words)
            .Select(match => Plain(match.Value))
            .Where(value => value != actual && !typed.Contains(value) && call?.Contains(value.Trim('"', '\''), StringComparison.Ordinal) != true)
            .Distinct()
            .Take(2)
            .ToList();
        return others is [var only] ? new(call, only, actual)
            : others.Count == 0 && call is not null && actual is "True" or "False" ? new(call, actual == "True" ? "False" : "True", actual)
            : null;
    }

    /// <summary>A call in the program, all of whose arguments the student names: "for Anna it says False".</summary>
    private static string? CallOfValue(string words, PythonProgram program, params ReadOnlySpan<string?> results)
    {
        var (first, named) = (int.MaxValue, (string?)null);
        foreach (var statement in program.Statements.Where(statement => statement.Function is null))
        {
            foreach (var call in program.ContentOf(statement).All.OfType<CallExpression>())
            {
                if (call is not { Function: NameExpression, Arguments: [{ Name: null, Value: NumberExpression or StringExpression { Fields.Count: 0 } } argument] }
                    || !program.Functions.Any(function => function.Class is null && call.Calls(function.Name.Text)))
                {
                    continue;
                }

                var value = argument.Value is StringExpression text ? text.Content : argument.Value.Text;
                if (value.Length > 0 && !results.Contains(value) && PlaceOf(value, words) is var at and >= 0 && at < first)
                {
                    (first, named) = (at, call.Text);
                }
            }
        }

        return named;
    }

    /// <summary>Where a value stands by itself in the words; -1 where it does not.</summary>
    private static int PlaceOf(string value, string words)
    {
        for (var at = words.IndexOf(value, StringComparison.Ordinal); at >= 0; at = words.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var end = at + value.Length;
            if ((at == 0 || !IsPart(words[at - 1])) && (end == words.Length || !IsPart(words[end]) && !(words[end] == '.' && end + 1 < words.Length && char.IsDigit(words[end + 1]))))
            {
                return at;
            }
        }

        return -1;

        static bool IsPart(char character) => char.IsLetterOrDigit(character) || character == '_';
    }

    /// <summary>Where they say it.</summary>
    private static Match? Said(string words) =>
        FirstMatch(ExpectationPatterns.Expected(), words) ?? FirstMatch(ExpectationPatterns.Wanted(), words) ?? FirstMatch(ExpectationPatterns.WantedUpTo(), words);

    private static Match? FirstMatch(Regex pattern, string words) =>
        pattern.Matches(words).FirstOrDefault(match => Plain(match.Groups["value"].Value) is var value && IsValue(value) && !IsError(value));

    internal static string SentenceAt(string words, int index)
    {
        var start = words.LastIndexOf(". ", index, StringComparison.Ordinal) is var before and >= 0 ? before + 2 : 0;
        var end = words.IndexOf(". ", index, StringComparison.Ordinal) is var after and >= 0 ? after : words.Length;
        return words[start..end];
    }

    private static string? CallIn(string words, PythonProgram program)
    {
        if (MatchesOfCalls(words, program).FirstOrDefault() is { } match)
        {
            return CallOf(match);
        }

        // "for 5 it should return 120", where there is only one function and no line calls it
        return program.Functions is [{ Class: null, Parameters: [_] } only] && !program.PlacesOf(only.Name.Text).Any(place => place.Role == NameRole.Load && place.Statement.Function is null)
            && ExpectationPatterns.ForValue().Match(words) is { Success: true } given
                ? $"{only.Name.Text}({Plain(given.Groups["value"].Value)})"
                : null;
    }

    // `total(numbers)` in a sentence only names the function; `total([1, 2])` calls it.
    private static bool IsArguments(string arguments, PythonProgram program, string function)
    {
        var call = PythonTokenizer.Tokenize(arguments);
        var parameters = program.Functions.FirstOrDefault(f => f.Name.Text == function)?.Parameters.Count(p => p.Default.Count == 0 && !p.IsVariadic) ?? 0;
        return arguments.Length == 0 ? parameters == 0 : !call.Any(token => token.Kind == PythonTokenKind.Error || token.Text == "..."
            || (token.Kind == PythonTokenKind.Name && !program.PlacesOf(token.Text).Any(place => place.IsBinding && place.Statement.Function is null && place.Role != NameRole.Parameter)));
    }

    // Examples in a docstring, and `print(total([1, 2]))  # should be 3`.
    private static IEnumerable<ProgramRunExpectation> InCode(PythonProgram program)
    {
        foreach (Match example in ExpectationPatterns.Doctest().Matches(program.Code))
        {
            if (program.Functions.Any(function => example.Groups["call"].Value.StartsWith(function.Name.Text + "(", StringComparison.Ordinal)))
            {
                yield return new(example.Groups["call"].Value.Trim(), example.Groups["value"].Value.Trim(), null);
            }
        }

        foreach (var statement in program.Statements.Where(statement => statement.Function is null))
        {
            var content = program.ContentOf(statement);
            if (statement.Keyword == "assert" && AssertedCall(content.Value) is { } asserted)
            {
                yield return new(asserted.Left.Text, asserted.Right.Text, null);
            }

            var line = program.Lines[statement.Line - 1];
            if (content.Value is CallExpression { Name: var name } call && ExpectationPatterns.Comment().Match(line) is { Success: true } comment
                && IsValue(Plain(comment.Groups["value"].Value)))
            {
                var asked = name == "print" && call.Arguments is [{ Value: var only }] ? only : call;
                if (asked is CallExpression && program.Defines(((CallExpression)asked).Name))
                {
                    yield return new(asked.Text, Plain(comment.Groups["value"].Value), null);
                }
            }
        }
    }

    private static ComparisonExpression? AssertedCall(PythonExpression? value)
    {
        var compared = value is CollectionExpression { Items: [var first, ..] } ? first : value;
        return compared is ComparisonExpression { Operator: "==", Left: CallExpression } comparison ? comparison : null;
    }

    internal static string Plain(string value)
    {
        var text = value.Trim().Trim('`').Trim();
        return text.Length > 1 && text[^1] is '.' or ',' or ';' or '!' or '?' or ':' ? text[..^1] : text;
    }

    private static bool IsValue(string value) => value.Length > 0 && !ExpectationPatterns.NoValue().IsMatch(value);

    private static string Unfenced(string text) => string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("```", StringComparison.Ordinal))).Trim();
}
