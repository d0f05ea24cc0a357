using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Texts that are not filled in, not trimmed, or taken for numbers, and lists of answers where items were meant.</summary>
internal static partial class TextSlips
{
    public static IEnumerable<Slip> Find(SlipSearch search)
    {
        foreach (var (statement, text) in search.Expressions<StringExpression>())
        {
            if ((OfMissingF(search, statement, text) ?? OfClock(statement, text)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var (statement, comparison) in search.Expressions<ComparisonExpression>())
        {
            if ((OfNewline(search, statement, comparison) ?? OfLength(statement, comparison) ?? OfTypedNumbers(search, statement, comparison)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var (statement, call) in search.Expressions<CallExpression>())
        {
            if ((OfLetters(search, statement, call) ?? OfTypedItems(search, statement, call) ?? OfPartsOfWords(search, statement, call) ?? OfDates(search, statement, call)) is { } slip)
            {
                yield return slip;
            }
        }

        foreach (var statement in search.Program.Statements)
        {
            if (OfAnswers(search, statement) is { } slip)
            {
                yield return slip;
            }
        }
    }

    // print("Hello {name}")
    private static Slip? OfMissingF(SlipSearch search, PythonStatement statement, StringExpression text)
    {
        if (text.Fields.Count > 0 || text.Text[0] is not ('"' or '\'') || Field().Matches(text.Content) is not { Count: > 0 } fields)
        {
            return null;
        }

        var content = search.ContentOf(statement);
        var isFilled = content.All.Any(part => part is AttributeExpression { Name: "format" or "format_map" or "replace" } || part is BinaryExpression { Operator: "%" })
            || (content.AssignedName is { } kept && search.Program.Tokens.Any(token => token.Text == "format") && search.Program.PlacesOf(kept).Any(place => place.Role == NameRole.Load));
        var names = fields.Select(field => field.Groups["name"].Value).ToList();
        return !isFilled && names.TrueForAll(name => search.Program.PlacesOf(name).Any(place => place.IsBinding))
            ? new(new(statement.Line, ValueTypes.Short(text.Text), $"The text on line {statement.Line} holds `{{{names[0]}}}` just as it stands there: without an `f` before the quotes, Python puts no values into it.", "Which letter before the quotes makes Python fill in the curly brackets?", "f-strings"), 0.94)
            : null;
    }

    // for line in file: if line == "apple"
    private static Slip? OfNewline(SlipSearch search, PythonStatement statement, ComparisonExpression comparison)
    {
        var wanted = comparison.Right switch
        {
            StringExpression { Content: var content } => content,
            NameExpression => "a name",
            _ => "",
        };
        if (comparison is not { Operator: "==" or "!=", Left: NameExpression { Name: var name } }
            || wanted.Length == 0 || wanted.Contains('\n', StringComparison.Ordinal) || wanted.Contains("\\n", StringComparison.Ordinal)
            || search.Program.Statements.Any(other => search.ContentOf(other).All.OfType<CallExpression>().Any(call => call.Name is "strip" or "rstrip" or "split" or "splitlines" or "replace")))
        {
            return null;
        }

        var source = search.Types.Bindings(name, statement).FirstOrDefault(place => place.Role == NameRole.LoopTarget)?.Statement;
        if (source is null || search.ContentOf(source).Value is not { } iterable)
        {
            return null;
        }

        var holds = iterable is NameExpression list && search.Types.Bindings(list.Name, source) is [var only, ..] ? search.ContentOf(only.Statement).Value ?? iterable : iterable;
        var hasEnds = holds is CollectionExpression { Items: [StringExpression { Content: var first }, ..] } && first.EndsWith("\\n", StringComparison.Ordinal)
            || holds is CallExpression { Name: "open" or "readlines" };
        return hasEnds
            ? new(new(statement.Line, ValueTypes.Short(comparison.Text), $"Each `{name}` still ends with the sign for a new line (`\\n`), so it is never equal to `{ValueTypes.Short(comparison.Right.Text)}` on line {statement.Line}.", $"Print `repr({name})`. What has to be cut off before you compare?", "strings"), 0.94)
            : null;
    }

    // numbers = input().split(), and then n > biggest
    private static Slip? OfTypedNumbers(SlipSearch search, PythonStatement statement, ComparisonExpression comparison)
    {
        if (comparison.Operator is not ("<" or ">" or "<=" or ">=") || comparison.Left is StringExpression || comparison.Right is StringExpression
            || search.Types.Of(comparison.Left, statement) is not [{ Type: "str" } left, ..] || search.Types.Of(comparison.Right, statement) is not [{ Type: "str" } right, ..])
        {
            return null;
        }

        var typed = new[] { left, right }.FirstOrDefault(known => known.Source is CallExpression source && IsTyped(search, source));
        return typed is null
            ? null
            : new(new(typed.Line, ValueTypes.Short(typed.Source.Text), $"`{ValueTypes.Short(typed.Source.Text)}` on line {typed.Line} gives texts, so line {statement.Line} compares texts and not numbers: letter by letter, `\"9\"` is larger than `\"10\"`.", "What has to happen to what is typed in before you can compare numbers?", "data-types"), 0.85);
    }

    /// <summary>Whether a text was typed in, or is a part of what was.</summary>
    private static bool IsTyped(SlipSearch search, CallExpression source) => source.HasCallOf("input")
        || source is { Name: "split", Function: AttributeExpression { Target: NameExpression { Name: var line } } }
            && search.Program.Statements.Any(statement => search.ContentOf(statement) is { Value: CallExpression value } content && content.AssignedName == line && value.Calls("input"));

    // if word > longest
    private static Slip? OfLength(PythonStatement statement, ComparisonExpression comparison) =>
        comparison is { Operator: ">" or "<" or ">=" or "<=", Left: NameExpression left, Right: NameExpression right } && SlipSearch.IsAnyOf(left.Name + right.Name, "longest", "shortest")
            && !SlipSearch.IsAnyOf(left.Name + right.Name, "len", "count", "streak", "run", "time", "dist", "wait", "trip")
            ? new(new(statement.Line, ValueTypes.Short(comparison.Text), $"`{ValueTypes.Short(comparison.Text)}` on line {statement.Line} compares the values themselves, and texts are compared by the alphabet. It does not ask which is longer.", "Which function tells how long a text is?", "strings"), 0.75)
            : null;

    // f"{hours}:{minutes}"
    private static Slip? OfClock(PythonStatement statement, StringExpression text) =>
        text.Fields.Count > 1 && Clock().Match(text.Content) is { Success: true } clock
            ? new(new(statement.Line, ValueTypes.Short(text.Text), $"`{{{clock.Groups["minutes"].Value}}}` in the text on line {statement.Line} writes a number below 10 with one digit.", "How do you tell an f-string to write a number with two digits?", "f-strings"), 0.62)
            : null;

    // chr(ord(letter) + shift)
    private static Slip? OfLetters(SlipSearch search, PythonStatement statement, CallExpression call) =>
        call.Calls("chr") && call.Arguments is [{ Value: BinaryExpression { Operator: "+" or "-" } sum }] && sum.HasCallOf("ord")
            && !search.Program.Tokens.Any(token => token.Text is "%" or "%=") && !search.Expressions<NumberExpression>().Any(use => use.Expression.Value is "26")
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} goes on behind `z` when the letter is near the end of the alphabet.", "What should follow after `z`? Which operator lets counting start again?", "operators"), 0.8)
            : null;

    // positives = [n > 0 for n in numbers]
    private static Slip? OfAnswers(SlipSearch search, PythonStatement statement)
    {
        var content = search.ContentOf(statement);
        var made = content.Operator == "=" || statement.Keyword == "return" ? content.Value : null;
        var isCounted = content.AssignedName is { } name && search.Expressions<CallExpression>().Any(use => use.Expression.Name is "sum" or "any" or "all" or "count" && use.Expression.All.Any(part => part.IsName(name)));
        return !isCounted && made is ComprehensionExpression { Type: "list" or "set", Elements: [ComparisonExpression asked], Conditions.Count: 0 }
            ? new(new(statement.Line, ValueTypes.Short(made.Text), $"`{ValueTypes.Short(made.Text)}` on line {statement.Line} keeps the answer to `{ValueTypes.Short(asked.Text)}` for each item, `True` or `False`, and not the items themselves.", "In which part of a list comprehension does a condition stand that picks items?", "list-comprehensions"), 0.66)
            : null;
    }

    // numbers.append(input()), and then max(numbers)
    private static Slip? OfTypedItems(SlipSearch search, PythonStatement statement, CallExpression call)
    {
        if (call is not { Function: AttributeExpression { Name: "append" or "add", Target: NameExpression { Name: var list } }, Arguments: [{ Value: var item }] }
            || search.Types.Of(item, statement) is not [{ Type: "str", Source: CallExpression source }, ..] || !IsTyped(search, source))
        {
            return null;
        }

        var use = search.Expressions<CallExpression>().FirstOrDefault(other => other.Expression is { Arguments: [{ Value: var used }, ..] } && used.IsName(list) && (other.Expression.Calls("max") || other.Expression.Calls("min") || other.Expression.Calls("sum")));
        return use.Expression is null
            ? null
            : new(new(statement.Line, search.TextOf(statement), $"`{search.TextOf(statement)}` on line {statement.Line} puts a text into `{list}`, because `input()` gives back texts. `{ValueTypes.Short(use.Expression.Text)}` on line {use.Statement.Line} needs numbers: as texts, `\"9\"` is larger than `\"10\"`.", "What has to happen to what is typed in before you can count with it?", "data-types"), 0.92);
    }

    // for word in text.split(): text.count(word)
    private static Slip? OfPartsOfWords(SlipSearch search, PythonStatement statement, CallExpression call) =>
        call is { Function: AttributeExpression { Name: "count", Target: NameExpression text }, Arguments: [{ Value: NameExpression { Name: var word } }] }
            && search.Types.Of(text, statement) is [{ Type: "str" }, ..]
            && search.Types.Bindings(word, statement) is [{ Role: NameRole.LoopTarget } loop, ..]
            && search.ContentOf(loop.Statement).Value is { } words && search.Types.Of(words, loop.Statement) is [{ Type: "list", Source: CallExpression { Name: "split" } }, ..]
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} also counts `{word}` where it is only a part of a longer word.", "Where should the word be counted: in the text, or in the list of its words?", "strings"), 0.9)
            : null;

    // ["12.01.2024 exam", …].sort()
    private static Slip? OfDates(SlipSearch search, PythonStatement statement, CallExpression call)
    {
        var sorted = call.CallsMethod("sort") && call.Arguments.Count == 0 && call.Function is AttributeExpression method ? method.Target
            : call.Calls("sorted") && call.Arguments is [{ Value: var only }] ? only : null;
        return sorted is not null && search.Types.Of(sorted, statement) is [{ Source: CollectionExpression { Items: [StringExpression { Content: var first }, ..] } }, ..] && DayFirst().IsMatch(first)
            ? new(new(statement.Line, ValueTypes.Short(call.Text), $"`{ValueTypes.Short(call.Text)}` on line {statement.Line} sorts texts, character by character. So the day decides first, and not the year.", "In which order would the parts of a date have to stand for that?", "sorting"), 0.85)
            : null;
    }

    [GeneratedRegex(@"^\d{1,2}[./-]\d{1,2}[./-]\d{4}")]
    private static partial Regex DayFirst();

    [GeneratedRegex(@"\{(?<name>[A-Za-z_]\w*)(?:[.\[(!:][^{}]*)?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"\{\w+\}:\{(?<minutes>\w+)\}")]
    private static partial Regex Clock();
}
