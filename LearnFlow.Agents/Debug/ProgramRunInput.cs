using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>What a student types in, as far as their words tell.</summary>
internal static class ProgramRunInput
{
    /// <summary>How often the last thing that was typed in is typed in once more.</summary>
    private const int MostRepeated = 10;

    /// <summary>Characters between a value and the word that tells to which question it belongs.</summary>
    private const int FarthestFromPrompt = 16;

    /// <summary>Questions of a program that are looked at, and words of each.</summary>
    private const int MostPrompts = 6;

    /// <summary>Numbers in the student's words that are looked at.</summary>
    private const int MostNumbers = 20;

    /// <summary>What they type in, one line for each <c>input()</c>, or all in one where the program cuts it up; null where they do not say.</summary>
    /// <param name="words">The student's words.</param>
    /// <param name="program">The program.</param>
    public static string? Read(string words, PythonProgram program)
    {
        if (ByPrompt(words, program) is { } answers)
        {
            return answers;
        }

        var told = ExpectationPatterns.Typed().Matches(words).ToList();
        if (told.Count > 1)
        {
            // What works is not what they ask about.
            told.RemoveAll(match => ExpectationPatterns.Works().IsMatch(ProgramRunExpectation.SentenceAt(words, match.Index)));
        }

        var typed = told
            .SelectMany(match => ExpectationPatterns.Values().Matches(match.Groups["values"].Value))
            .Select(match => ProgramRunExpectation.Plain(match.Value).Trim('\'', '"'))
            .Where(value => value.Length > 0)
            .ToList();
        if (Questions(program).All(call => IsMadeNumber(program, call)))
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
    public static string? Guess(string words, PythonProgram program)
    {
        var named = ExpectationPatterns.Numbers().Matches(words).Take(MostNumbers).Select(match => match.Value).ToList();
        var texts = ExpectationPatterns.Quoted().Matches(words).Select(match => match.Groups["text"].Value)
            .Concat(ExpectationPatterns.Measures().Matches(words).Select(match => match.Value)).Take(MostPrompts).ToList();
        var questions = Questions(program).Take(MostPrompts + 1).ToList();
        return questions.Count > MostPrompts ? null
            : questions.Count == 1 && named.Count > 0 && program.Tokens.Any(token => token.Is("split")) ? string.Join(SeparatorOf(program), named.Take(MostPrompts)) + "\n"
            : string.Concat(questions.Select(question => Answer(question) + "\n"));

        string Answer(CallExpression question) => IsMadeNumber(program, question)
            ? Next(named, number => IsMadeDecimal(question) || IsWhole(number)) ?? "3"
            : Next(texts, _ => true) ?? Next(named, _ => true) ?? "hello";
        bool IsMadeDecimal(CallExpression question) => Calls(program).Any(call => call.Calls("float") && call.Arguments is [{ Value: var made }] && ReferenceEquals(made, question));
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

    private static IEnumerable<CallExpression> Calls(PythonProgram program) => program.Expressions<CallExpression>().Select(use => use.Expression);

    private static IEnumerable<CallExpression> Questions(PythonProgram program) => Calls(program).Where(call => call.Calls("input"));

    // input().split(",")
    private static string SeparatorOf(PythonProgram program) => Calls(program)
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
        var prompts = Questions(program)
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
}
