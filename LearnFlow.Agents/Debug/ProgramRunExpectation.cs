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

    /// <summary>How often the last thing that was typed in is typed in once more.</summary>
    private const int MostRepeated = 10;

    /// <summary>Characters between a value and the word that tells to which question it belongs.</summary>
    private const int FarthestFromPrompt = 16;

    /// <summary>Questions of a program that are looked at, and words of each.</summary>
    private const int MostPrompts = 6;

    /// <summary>Calls in the student's words that are tried.</summary>
    private const int MostCalls = 6;

    /// <summary>Numbers in the student's words that are looked at.</summary>
    private const int MostNumbers = 20;

    /// <summary>Reads the expectation out of the student's words, or else out of the program's own comments and examples.</summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    /// <param name="input">What they type in (<see cref="ReadInput"/>).</param>
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

    /// <summary>What they type in, one line for each <c>input()</c>, or all in one where the program cuts it up; null where they do not say.</summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    public static string? ReadInput(string words, PythonProgram program)
    {
        if (ByPrompt(words, program) is { } answers)
        {
            return answers;
        }

        var told = ExpectationPatterns.Typed().Matches(words).ToList();
        if (told.Count > 1)
        {
            // What works is not what they ask about.
            told.RemoveAll(match => ExpectationPatterns.Works().IsMatch(SentenceAt(words, match.Index)));
        }

        var typed = told
            .SelectMany(match => ExpectationPatterns.Values().Matches(match.Groups["values"].Value))
            .Select(match => Plain(match.Value).Trim('\'', '"'))
            .Where(value => value.Length > 0)
            .ToList();
        if (program.Statements.SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>()).Where(call => call.Calls("input")).All(call => IsMadeNumber(program, call)))
        {
            // "The input is start and stop" names no value, and "4 first" names one.
            typed.RemoveAll(value => !double.TryParse(value, out _));
        }

        var isOneLine = program.Tokens.Count(token => token.Is("input")) == 1 && program.Tokens.Any(token => token.Is("split"));
        // Who tells of one round of a loop does the same in the next ones.
        return typed.Count == 0 ? null
            : isOneLine ? string.Join(SeparatorOf(program), typed) + "\n"
            : string.Join('\n', typed.Concat(Enumerable.Repeat(typed[^1], MostRepeated))) + "\n";
    }

    /// <summary>
    /// What they may have typed in, where they do not say so but the program asks: the numbers of their words where it makes numbers
    /// of it, what they quote where it does not, and else something as good as any. Null where it asks for too much.
    /// </summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    public static string? GuessInput(string words, PythonProgram program)
    {
        var named = ExpectationPatterns.Numbers().Matches(words).Take(MostNumbers).Select(match => match.Value).ToList();
        var texts = ExpectationPatterns.Quoted().Matches(words).Select(match => match.Groups["text"].Value)
            .Concat(ExpectationPatterns.Measures().Matches(words).Select(match => match.Value)).Take(MostPrompts).ToList();
        var asked = program.Statements.SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>()).ToList();
        var questions = asked.Where(call => call.Calls("input")).Take(MostPrompts + 1).ToList();
        return questions.Count > MostPrompts ? null
            : questions.Count == 1 && named.Count > 0 && program.Tokens.Any(token => token.Is("split")) ? string.Join(SeparatorOf(program), named.Take(MostPrompts)) + "\n"
            : string.Concat(questions.Select(question => $"{(!IsMadeNumber(program, question) ? Next(texts, _ => true) ?? Next(named, _ => true) ?? "hello" : Next(named, number => IsMadeDecimal(question) || IsWhole(number)) ?? "3")}\n"));

        bool IsMadeDecimal(CallExpression question) => asked.Exists(call => call.Calls("float") && call.Arguments is [{ Value: var made }] && ReferenceEquals(made, question));
        static bool IsWhole(string number) => !number.Contains('.', StringComparison.Ordinal);
        static string? Next(List<string> values, Predicate<string> fits)
        {
            var at = values.FindIndex(fits);
            var value = at < 0 ? null : values[at];
            if (at >= 0)
            {
                values.RemoveAt(at);
            }

            return value;
        }
    }

    // input().split(",")
    private static string SeparatorOf(PythonProgram program) => program.Statements.SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>())
        .Select(call => call.CallsMethod("split") && call.Arguments is [{ Value: StringExpression { Content: { Length: > 0 } separator } }] ? separator : null)
        .FirstOrDefault(separator => separator is not null) ?? " ";

    // n = int(input()), or [int(word) for word in input().split()]
    private static bool IsMadeNumber(PythonProgram program, CallExpression question) => program.Statements
        .Select(statement => program.ContentOf(statement).All.ToList())
        .Where(parts => parts.Any(part => ReferenceEquals(part, question)))
        .Any(parts => parts.OfType<CallExpression>().Any(call => call.Function is NameExpression { Name: "int" or "float" or "eval" or "map" }));

    /// <summary>"My weight 70 is ok, but with 1.75 for the height": each value stands beside a word of the question that it answers.</summary>
    private static string? ByPrompt(string words, PythonProgram program)
    {
        var prompts = program.Statements.SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>())
            .Where(call => call.Calls("input"))
            .Select(call => call.Arguments is [{ Value: StringExpression prompt }] ? prompt.Content : "")
            .Take(MostPrompts + 1)
            .ToList();
        if (prompts.Count > MostPrompts || prompts.Distinct().Count() < prompts.Count)
        {
            return null;
        }

        var numbers = ExpectationPatterns.Numbers().Matches(words).Take(MostNumbers).ToList();
        var answers = prompts.ConvertAll(prompt => ExpectationPatterns.LongWord().Matches(prompt).Take(MostPrompts).Select(word => Beside(word.Value)).FirstOrDefault(value => value is not null));
        var known = answers.OfType<string>().ToList();
        return known.Count > 1 && known.Distinct().Count() == known.Count
            ? string.Join('\n', answers.Select(answer => answer ?? "1")) + "\n"
            : null;

        string? Beside(string word) => numbers
            .Select(number => (number.Value, Distance: DistanceTo(word, number.Index, number.Index + number.Length)))
            .Where(pair => pair.Distance <= FarthestFromPrompt)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Value)
            .FirstOrDefault();

        int DistanceTo(string word, int start, int end)
        {
            var after = words.IndexOf(word, end, StringComparison.OrdinalIgnoreCase);
            var before = words.LastIndexOf(word, start, StringComparison.OrdinalIgnoreCase);
            return Math.Min(after < 0 ? int.MaxValue : after - end, before < 0 || before + word.Length > start ? int.MaxValue : start - before - word.Length);
        }
    }

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

    private static string SentenceAt(string words, int index)
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

    private static string Plain(string value)
    {
        var text = value.Trim().Trim('`').Trim();
        return text.Length > 1 && text[^1] is '.' or ',' or ';' or '!' or '?' or ':' ? text[..^1] : text;
    }

    private static bool IsValue(string value) => value.Length > 0 && !ExpectationPatterns.NoValue().IsMatch(value);

    private static string Unfenced(string text) => string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("```", StringComparison.Ordinal))).Trim();
}

/// <summary>How students say what they expect. No pattern goes over its text more than a few times.</summary>
internal static partial class ExpectationPatterns
{
    private const string Flat = @"[\[({][^\[\](){}\n]{0,200}[\])}]";

    private const string Nested = @"[\[({](?:[^\[\](){}\n]|" + Flat + @"){0,200}[\])}]";

    /// <summary>A list, tuple, set or dictionary, with others in it and in those.</summary>
    private const string Collection = @"[\[({](?:[^\[\](){}\n]|" + Nested + @"){0,200}[\])}]";

    /// <summary>A value that can be nothing else.</summary>
    private const string Literally = """(?<value>`[^`\n]{1,200}`|"[^"\n]{1,200}"|'[^'\n]{1,200}'|""" + Collection + """|\d{1,3}(?::\d{1,2}){1,2}|-?\d+(?:\.\d+)?(?:,? -?\d+(?:\.\d+)?){0,20}|True|False|None)""";

    /// <summary>What is typed in: a number, something in quotes, or a word that is no part of a sentence.</summary>
    private const string TypedValue = """(?:-?\d+(?:\.\d+)?|"[^"\n]{0,60}"|'[^'\n]{0,60}'|`[^`\n]{1,60}`|\b(?!(?:and|then|in|it|i|my|the|a|an|this|that|to|for|is|as|on|of|at|so|but|there|here|something|anything|number|numbers|word|words|text|name|names|wrong|right|correct|again|two|some|more|one|any|code|twice|when|what|value|values|nothing|only|into|with|input)\b(?!\s+and\s+then))[A-Za-z]\w{0,20}\b(?=\s*(?:$|[.,;:!?)]|\b(?:and|it|the|there|but|then|i|for|as|python|my|nothing|or|a|its|program|in)\b)))""";

    private const string Value = """(?<value>`[^`\n]{1,200}`|"[^"\n]{0,200}"|'[^'\n]{0,200}'|""" + Collection + """|\d{1,3}(?::\d{1,2}){1,2}|-?\d+(?:\.\d+)?(?:,? -?\d+(?:\.\d+)?){0,20}|[A-Za-z]\w{0,30}(?![\w(]))""";

    [GeneratedRegex(@"\b(?:(?:sh?ou?l?d|shoudl|must|has to|have to|supposed to|meant to|ought to|needs? to|want (?:it|this) to|expect(?:ed|ing)? (?:it|this) to|expect(?:ed|ing)? to)\s+(?:(?:only|just|really|actually|also|always)\s+)?(?:have\s+)?(?:be|return|print|give|output|show|display|say|get|see|equal|become|produce|go|count|come out as|look like|add up to)(?:ed|s|n)?(?:\s+(?:me|back|out|about|around|exactly|only|just|like|roughly))*|expect(?:ed|ing|s)?(?:\s+(?:output|result|answer|value|return|return value))?(?:\s*:|\s+is|\s+was|\s+were)?|(?:instead of|rather than)(?:\s+(?:getting|returning|printing|giving))?|(?:comes? out as|gives?|returns?|prints?|get|got)\s+[^\n.]{1,80}?\s+and not|(?:correct|right)(?: (?:answer|result|output|value))?\s*(?:is|should be|would be|=|:)|(?:sheet|solutions?|book|teacher|tests?|task|exercise|checker|grader|answer)\s+(?:says?|wants?|expects?|shows?|gives?)|AssertionError:\s*[^\n]{1,200}?\s*!=)\s+" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex Expected();

    /// <summary>A word by itself after "I want" is hardly what a program should print; "12 would be right" is.</summary>
    [GeneratedRegex(@"\b(?:want(?:ed)?|need(?:ed)?)(?:\s+(?:the answer|the result))?\s+" + Literally + @"|" + Literally + @"\s+(?:would be|would have been|is|was) (?:right|correct|expected|the (?:right|correct) (?:answer|result))\b|=\s*" + Literally + @"\s*,?\s*(?:but|and not|not)\b", RegexOptions.IgnoreCase)]
    public static partial Regex Wanted();

    /// <summary>"I wanted it up to 5", of which the 5 is missed.</summary>
    [GeneratedRegex(@"\b(?:want(?:ed)?|should|expect(?:ed)?|supposed|need(?:ed)?)\b[^.\n]{0,40}?\b(?:up to|until|till|through|to|including)\s+(?<value>\d+)\b(?!\s*\w*\s*(?:times|numbers|values))", RegexOptions.IgnoreCase)]
    public static partial Regex WantedUpTo();

    /// <summary>Something is not as it should be.</summary>
    [GeneratedRegex(@"\b(?:but|instead|wrong|why|however|although|only|still)\b|n['’]?t\b|\bnot\b|\?", RegexOptions.IgnoreCase)]
    public static partial Regex Complaint();

    [GeneratedRegex(@"\b(?:works?|fine|ok|okay|perfect|correct|right)\b", RegexOptions.IgnoreCase)]
    public static partial Regex Works();

    [GeneratedRegex(@"[A-Za-z]{4,20}")]
    public static partial Regex LongWord();

    /// <summary>A number with its unit: "20C".</summary>
    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?[A-Za-z]{1,3}\b")]
    public static partial Regex Measures();

    [GeneratedRegex(@"(?<!\w)(?<quote>[""'`])(?<text>[^""'`\n]{1,60})\k<quote>(?!\w)")]
    public static partial Regex Quoted();

    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")]
    public static partial Regex Numbers();

    [GeneratedRegex(@"^" + Literally + "$")]
    public static partial Regex Literal();

    [GeneratedRegex(@"(?<![\w.:])" + Literally + @"(?![\w:]|\.\d)")]
    public static partial Regex Literals();

    [GeneratedRegex(@"(?:\b(?:but|and|it|i|actually|always|just|only|instead|keeps?|that|which|function|program|code|python|mine|answer|result|output)\b[^\n.]{0,20}?\b|\)\s*)(?:gets?|got|getting|returns?|returned|returning|prints?|printed|printing|gives?|gave|giving|outputs?|shows?|showing|says?|is|was|see|be|goes|counts|tells me)(?:\s+(?:me|back|out|always|just|only))*\s*:?\s+" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex Actual();

    [GeneratedRegex(@"\b(?<name>[A-Za-z_]\w{0,60})\((?<arguments>(?:[^\[\](){}\n]|" + Collection + @"){0,300})\)")]
    public static partial Regex Call();

    /// <summary>What follows a call that a student writes down: what it should give, by a sign, by a word, or as the example of an exercise sheet.</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:==|(?<sign>=>|->|→|=(?!=))|(?:(?:is|was|are|it's|its)\s+)?(?:\bto\b|should|must|has to|have to|supposed to|meant to|needs to|ought to|would have to|expected to)\s+(?:\w+\s+){0,2}?(?:be|give|return|print|output|show|equal|produce|evaluate to|come out as)\s*(?:me|back|out)?\s*:?|\s*\n+\s*(?:expected|should be|should give|should return)\s*:?)\s*" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex AfterCall();

    /// <summary>What follows a call that a student writes down, be it what it gives or what it should.</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:is|returns?|gives?|prints?|outputs?)\s*:?\s*" + Literally, RegexOptions.IgnoreCase)]
    public static partial Regex BesideCall();

    /// <summary>"Why is top(3) True?"</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:is |gives? |returns? |= ?)?(?<value>True|False)\b")]
    public static partial Regex AskedAfterCall();

    /// <summary>A question that has just begun.</summary>
    [GeneratedRegex(@"\bwhy\b[^.?!\n]{0,30}$", RegexOptions.IgnoreCase)]
    public static partial Regex Why();

    /// <summary>The example of an exercise sheet: the call after Python's prompt, and on the next line what it gives.</summary>
    [GeneratedRegex(@"\G[ \t]*\n[ \t]*(?!>>>)" + Value + @"[ \t]*(?=\n|$)", RegexOptions.IgnoreCase)]
    public static partial Regex BelowCall();

    [GeneratedRegex(@"\b(?:for|with|of|when (?:n|x|i (?:call|try|use) it with|the input is)(?: is|=)?)\s+(?<value>-?\d+(?:\.\d+)?|""[^""\n]{0,100}""|'[^'\n]{0,100}'|\[[^\[\]\n]{0,200}\])", RegexOptions.IgnoreCase)]
    public static partial Regex ForValue();

    [GeneratedRegex(@"\b(?:enter(?:ed|ing)?|typ(?:e|ed|ing)(?:\s+in)?|inputs?(?:ted|ting)?|put in|input is)\s*:?\s+(?<values>(?:(?:(?:and|then|,|in)\s*)*" + TypedValue + @"\s*){1,8})", RegexOptions.IgnoreCase)]
    public static partial Regex Typed();

    [GeneratedRegex(TypedValue, RegexOptions.IgnoreCase)]
    public static partial Regex Values();

    [GeneratedRegex(@"\bexpected(?: output| result)?\s*:[ \t]*\n(?<expected>(?:[^\n]*\n){1,40}?)\s*(?:but|actual|got|i get|i got|my output|output|instead|it prints|current)[^\n]{0,40}:?[ \t]*\n(?<actual>(?:[^\n]*\n?){1,40})", RegexOptions.IgnoreCase, 50)]
    public static partial Regex Blocks();

    /// <summary>Several words, as they come out.</summary>
    [GeneratedRegex(@"\bexpected (?:output|result|answer)\s*(?::|is|=)\s*(?<value>[A-Za-z]\w*(?: [A-Za-z]\w*){1,12})\s*(?:[.,;!?\n]|$)", RegexOptions.IgnoreCase)]
    public static partial Regex ExpectedText();

    /// <summary>The words that come out instead.</summary>
    [GeneratedRegex(@"\b(?:my|actual|current|the) (?:output|result|answer)\s*(?::|is|=)\s*(?<value>[A-Za-z]\w*(?: [A-Za-z]\w*){0,12})\s*(?:[.,;!?\n]|$)", RegexOptions.IgnoreCase)]
    public static partial Regex ActualText();

    [GeneratedRegex(@"^[ \t]*>>>[ \t]*(?<call>[^\n]{1,200})\n[ \t]*(?<value>[^>\n""'][^\n]{0,200}|'[^\n]{0,200}|""[^""\n]{0,200}"")$", RegexOptions.Multiline)]
    public static partial Regex Doctest();

    [GeneratedRegex(@"#\s*(?:(?:it )?should (?:be|print|return|give|output)|expect(?:ed|s)?(?: output)?|want|must be|->|=>|=)\s*:?\s*(?<value>[^\n#]{1,200})$", RegexOptions.IgnoreCase)]
    public static partial Regex Comment();

    [GeneratedRegex(@"^(?:(?-i:a)|an|the|it|this|that|to|be|me|my|all|each|every|one|some|any|just|only|both|what|when|if|so|them|not|no|nothing|wrong|right|correct|output|result|answer|number|numbers|list|string|value|values|text|word|words|sum|average|back|out|different|same|something|an?other|printed|returned|getting|returning|printing|in|on|for|like|at|of|or|and|is|are|was|get|return|print|error|errors|fine|well|true if|false if|how|why|you|your|i|we|there|these|those|weird|always|still|getting|help|know|output|stop|work|working)$", RegexOptions.IgnoreCase)]
    public static partial Regex NoValue();
}
