using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Divisions by zero: which divisor, and where its zero comes from.</summary>
internal static class ZeroCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        foreach (var (statement, divisor, text) in Divisions(place))
        {
            var written = ValueTypes.Short(divisor.Text);
            return new(
                statement.Line, ValueTypes.Short(text),
                $"`{ValueTypes.Short(text)}` on line {statement.Line} divides by `{written}`, and that is 0.{Origin(place, statement, divisor)}",
                $"When can `{written}` be 0, and what should the answer be then?",
                "operators");
        }

        return null;
    }

    private static IEnumerable<(PythonStatement Statement, PythonExpression Divisor, string Text)> Divisions(ErrorPlace place)
    {
        foreach (var statement in place.Suspects)
        {
            var content = place.Program.ContentOf(statement);
            foreach (var binary in content.All.OfType<BinaryExpression>().Where(binary => binary.Operator is "/" or "//" or "%"))
            {
                yield return (statement, binary.Right, binary.Text);
            }

            if (content is { Operator: "/=" or "//=" or "%=", Targets: [var target], Value: { } value })
            {
                yield return (statement, value, $"{target.Text} {content.Operator} {value.Text}");
            }
        }
    }

    private static string Origin(ErrorPlace place, PythonStatement statement, PythonExpression divisor)
    {
        if (divisor is CallExpression { Arguments: [var measured, ..] } call && call.Calls("len"))
        {
            return $" So `{ValueTypes.Short(measured.Value.Text)}` is empty there.";
        }

        if (divisor is not NameExpression { Name: var name })
        {
            return "";
        }

        foreach (var binding in place.Types.Bindings(name, statement))
        {
            var content = place.Program.ContentOf(binding.Statement);
            switch (binding.Role)
            {
                case NameRole.Assign when content.Value?.IsNumber("0") == true && !content.IsAugmented:
                    return $" It starts as 0 on line {binding.Line}, and nothing has changed that before the division.";
                case NameRole.Assign when content.Value is CallExpression { Arguments: [var only] } length && length.Calls("len"):
                    return $" It is the length of `{ValueTypes.Short(only.Value.Text)}` (line {binding.Line}), which is empty there.";
                case NameRole.LoopTarget when content.Value is CallExpression { Arguments: [var single] } range && range.Calls("range"):
                    return $" `{ValueTypes.Short(range.Text)}` on line {binding.Line} starts with 0.";
                case NameRole.Parameter:
                    return $" It comes in as a parameter (line {binding.Line}): look at the call.";
            }
        }

        return "";
    }
}
