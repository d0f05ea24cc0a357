using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Calls whose arguments do not fit the function's own <c>def</c>.</summary>
internal static partial class CallCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        if (FunctionName().Match(place.Message) is not { Success: true } match)
        {
            return null;
        }

        var name = match.Groups["name"].Value;
        var functions = place.Program.Functions.Where(f => f.Name.Text == name).ToList();
        if (functions is not [var function, ..])
        {
            return OfClass(place, name);
        }

        var owner = function.Class is { Tokens: [_, var ownerName, ..] } ? ownerName.Text : null;
        var (statement, call) = place.Expressions<CallExpression>()
            .FirstOrDefault(use => use.Expression.Name == name || (name == "__init__" && use.Expression.Calls(owner ?? "")));
        var line = statement?.Line ?? place.Statement?.Line ?? function.Line;
        var parameters = function.Parameters.Where(parameter => parameter.Name.Text is not ("self" or "cls")).ToList();
        var list = parameters.Count == 0 ? "no parameters" : string.Join(", ", parameters.Select(parameter => $"`{parameter.Name.Text}`"));

        if (owner is not null && function.Parameters is not [{ Name.Text: "self" or "cls" }, ..] && !function.IsDecorated)
        {
            return new(function.Line, function.Name.Text, $"The method `{name}` on line {function.Line} has no parameter `self`, but Python always hands the object itself over first.", "What is the first parameter of every method?", "init-and-self");
        }

        var written = call is null ? name : ValueTypes.Short(call.Text);
        if (place.Message.Contains("unexpected keyword", StringComparison.Ordinal) && LastQuoted().Match(place.Message) is { Success: true } keyword)
        {
            return new(line, written, $"Line {line} hands `{keyword.Groups["name"].Value}` to `{name}`, but the `def` on line {function.Line} has {list}.", "Compare the names in the call with the names in the `def`.", "parameters-and-default-arguments");
        }

        var given = call?.Arguments.Count;
        return new(
            line, written,
            given is null
                ? $"`{name}` (line {function.Line}) has {list}, and the call does not fit that."
                : $"`{written}` on line {line} hands over {Count(given.Value)}, but the `def` on line {function.Line} has {list}.",
            place.Message.Contains("missing", StringComparison.Ordinal)
                ? "Which value is missing in the call?"
                : "Which value in the call has no place in the `def`?",
            "parameters-and-default-arguments");
    }

    // Dog("Rex"), where no __init__ takes the name
    private static CodeCause? OfClass(ErrorPlace place, string name) =>
        place.Program.PlacesOf(name).FirstOrDefault(reference => reference.Role == NameRole.Class)?.Statement is { } owner
            ? ClassSlips.MisspelledInit(place.Program, owner)
                ?? new(owner.Line, name, $"The class `{name}` on line {owner.Line} has no method `__init__`, so an object of it is made without any values.", $"Which method takes the values when an object of `{name}` is made?", "init-and-self")
            : null;

    private static string Count(int arguments) => arguments switch
    {
        0 => "no value",
        1 => "one value",
        _ => $"{arguments} values",
    };

    [GeneratedRegex(@"^(?:\w+\.)*(?<name>\w+)\(\) (?:missing|takes|got)")]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"'(?<name>\w+)'")]
    private static partial Regex LastQuoted();
}
