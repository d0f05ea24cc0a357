using System.Text.RegularExpressions;
using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>A program that differs from the student's in one small thing.</summary>
/// <param name="Line">The line that differs.</param>
/// <param name="Expression">What stands there in the student's program.</param>
/// <param name="Change">What kind of change it is, after "with".</param>
/// <param name="Hint">What to ask the student about that place.</param>
/// <param name="Concept">The concept behind it.</param>
/// <param name="Likelihood">How often beginners make that slip, to try the usual ones first.</param>
/// <param name="Code">The program.</param>
internal sealed record ProgramVariant(int Line, string Expression, string Change, string Hint, string Concept, double Likelihood, string Code);

/// <summary>
/// Makes the variants of a program that undo one slip of a beginner each. The variant that does what the student expects
/// shows where the slip is; it is never shown itself.
/// </summary>
internal sealed partial class ProgramRunVariants
{
    /// <summary>How many are tried; more take longer than a student waits.</summary>
    private const int Most = 350;

    private const int MostCharacters = 500_000;

    private const double LeastLikely = 0.3;

    private readonly PythonProgram _program;
    private readonly ValueTypes _types;
    private readonly List<ProgramVariant> _variants = [];
    private readonly List<string> _lines;

    private ProgramRunVariants(PythonProgram program)
    {
        _program = program;
        _types = new ValueTypes(program);
        _lines = [.. program.Lines];
    }

    /// <summary>The variants, the likelier first; what stands on a suspicious line comes before the rest.</summary>
    /// <param name="program">The student's program.</param>
    /// <param name="suspicious">How suspicious a line is, by number.</param>
    public static IReadOnlyList<ProgramVariant> Of(PythonProgram program, IReadOnlyDictionary<int, double> suspicious)
    {
        var maker = new ProgramRunVariants(program);
        foreach (var statement in program.Statements)
        {
            maker.VaryStatement(statement);
            if (maker._variants.Count > 5 * Most)
            {
                break;
            }
        }

        foreach (var function in program.Functions)
        {
            maker.VaryFunction(function);
        }

        var total = 0;
        return
        [
            .. maker._variants
                .OrderByDescending(variant => variant.Likelihood + suspicious.GetValueOrDefault(variant.Line))
                .DistinctBy(variant => variant.Code)
                .Where(variant => variant.Code != program.Code)
                .Take(Most)
                .TakeWhile(variant => (total += variant.Code.Length) < MostCharacters),
        ];
    }

    /// <summary>The program with a mark in the head of each loop, by which one that never ends is stopped.</summary>
    public static string WithTicks(string code) =>
        ForLine().Replace(WhileLine().Replace(code, "${head}_tick_() and (${condition}):"), "${head}_each_(${items}):");

    [GeneratedRegex(@"^(?<head>[ \t]*while\b[ \t]*)(?<condition>[^\n#]*[^\s#:])[ \t]*:[ \t]*(?:#[^\n]*)?$", RegexOptions.Multiline, 50)]
    private static partial Regex WhileLine();

    [GeneratedRegex(@"^(?<head>[ \t]*for\b[ \t]+[^\n#:]{1,80}?[ \t]in\b[ \t]*)(?<items>[^\n#]*[^\s#:])[ \t]*:[ \t]*(?:#[^\n]*)?$", RegexOptions.Multiline, 50)]
    private static partial Regex ForLine();

    private void VaryStatement(PythonStatement statement)
    {
        var content = _program.ContentOf(statement);
        foreach (var expression in content.All.Where(part => ReferenceEquals(part.Span.Source, _program.Code)))
        {
            VaryExpression(statement, expression);
        }

        VaryAssignment(statement, content);
        VaryPlace(statement, content);
        VaryKeyword(statement, content);
    }

    private void Add(PythonExpression at, double likelihood, string change, string hint, string concept, params ReadOnlySpan<(CodeSpan Span, string Text)> edits) =>
        AddEdited(at.Line, at.Text, likelihood, change, hint, concept, edits);

    private void AddEdited(int line, string expression, double likelihood, string change, string hint, string concept, params ReadOnlySpan<(CodeSpan Span, string Text)> edits)
    {
        var code = _program.Code;
        var sorted = edits.ToArray();
        Array.Sort(sorted, static (a, b) => b.Span.Start.CompareTo(a.Span.Start));
        foreach (var (span, text) in sorted)
        {
            code = string.Concat(code.AsSpan(0, span.Start), text, code.AsSpan(span.End));
        }

        _variants.Add(new(line, ValueTypes.Short(expression), change, hint, concept, likelihood, code));
    }

    private void VaryExpression(PythonStatement statement, PythonExpression expression)
    {
        switch (expression)
        {
            case ComparisonExpression comparison:
                VaryComparison(comparison);
                break;
            case BinaryExpression binary:
                VaryBinary(binary);
                break;
            case UnaryExpression { Operator: "not" } negation:
                Add(negation, 0.5, "the opposite condition", "Is the condition true in the cases that you mean, or in the others?", "comparisons-and-booleans", (negation.Span, $"({negation.Operand.Text})"));
                break;
            case UnaryExpression { Operator: "-" } minus:
                Add(minus, 0.3, "another sign", "Does the minus sign belong there?", "operators", (minus.Span, minus.Operand.Text));
                break;
            case NumberExpression number:
                VaryNumber(statement, number);
                break;
            case ConstantExpression { Value: "True" or "False" } truth:
                Add(truth, 0.55, "the other truth value", "Which of the two should come out in that case?", "comparisons-and-booleans", (truth.Span, truth.Value == "True" ? "False" : "True"));
                break;
            case CallExpression call:
                VaryCall(statement, call);
                break;
            case SubscriptExpression subscript:
                VarySubscript(subscript);
                break;
            case NameExpression name:
                VaryName(statement, name);
                break;
            case StringExpression { Fields.Count: 0 } text:
                VaryText(text);
                break;
        }
    }

    private void VaryComparison(ComparisonExpression comparison)
    {
        const string Change = "another comparison";
        const string Hint = "Try it in your head with a value just below the border, with the border itself, and with one above it.";
        string[] others = comparison.Operator switch
        {
            "<" => ["<=", ">", ">=", "!="],
            "<=" => ["<", ">=", ">", "=="],
            ">" => [">=", "<", "<=", "!="],
            ">=" => [">", "<=", "<", "=="],
            "==" => ["!=", ">=", "<="],
            "!=" => ["=="],
            "in" => ["not in", "=="],
            "not in" => ["in"],
            "is" => ["=="],
            "is not" => ["!="],
            _ => [],
        };
        for (var index = 0; index < others.Length; index++)
        {
            Add(comparison, 0.9 - 0.12 * index - (comparison.Operator is "==" or "in" or "not in" ? 0.25 : 0), Change, Hint, "comparisons-and-booleans", (comparison.OperatorSpan, others[index]));
        }

        if (comparison.Operator is "==" or "!=" && comparison.Right is not NumberExpression)
        {
            Add(comparison, 0.4, "capital and small letters treated alike", "Is `A` the same as `a` for Python?", "strings", (comparison.Left.Span, $"str({comparison.Left.Text}).lower()"), (comparison.Right.Span, $"str({comparison.Right.Text}).lower()"));
        }

        if (comparison is { Operator: "in" or "not in", Right: StringExpression or NameExpression })
        {
            Add(comparison, 0.45, "capital and small letters treated alike", "Is `A` the same as `a` for Python?", "strings", (comparison.Left.Span, $"str({comparison.Left.Text}).lower()"));
        }

        foreach (var side in new[] { comparison.Left, comparison.Right })
        {
            if (side is NameExpression or CallExpression { Name: "input" })
            {
                Add(comparison, 0.3, "a number in place of a text", "Which types are compared here?", "data-types", (side.Span, $"int({side.Text})"));
            }
        }
    }

    private void VaryBinary(BinaryExpression binary)
    {
        if (binary.Operator is "and" or "or")
        {
            Add(binary, 0.8, "the other word between the two conditions", "Have both to be true, or is one enough?", "comparisons-and-booleans", (binary.OperatorSpan, binary.Operator == "and" ? "or" : "and"));
            if (binary is { Left: ComparisonExpression compared, Right: StringExpression or NumberExpression })
            {
                Add(binary, 0.95, "a full question on each side", $"Python reads each side of `{binary.Operator}` by itself. What should stand on the right side?", "comparisons-and-booleans", (binary.Right.Span, $"{compared.Left.Text} {compared.Operator} {binary.Right.Text}"));
            }

            return;
        }

        (string Sign, double Likelihood)[] others = binary.Operator switch
        {
            "+" => [("-", 0.6), ("*", 0.45)],
            "-" => [("+", 0.65)],
            "*" => [("**", 0.4), ("+", 0.5), ("/", 0.45)],
            "/" => [("//", 0.5), ("*", 0.5)],
            "//" => [("/", 0.8), ("%", 0.55)],
            "%" => [("//", 0.6), ("/", 0.3)],
            "**" => [("*", 0.6)],
            "^" => [("**", 0.9)],
            _ => [],
        };
        foreach (var (sign, likelihood) in others)
        {
            Add(binary, likelihood, "another operator", "What does each operator give for two small numbers?", "operators", (binary.OperatorSpan, sign));
        }

        if (binary.Operator is "-" or "/" or "//" or "%" or "+")
        {
            Add(binary, 0.45, "the two sides in the other order", "Which side has to come first?", "operators", (binary.Left.Span, binary.Right.Text), (binary.Right.Span, binary.Left.Text));
        }

        if (binary is { Operator: "+" or "-", Right: BinaryExpression { Operator: "*" or "/" or "//" or "%" } right } && _program.Code[right.Span.Start] != '(')
        {
            Add(binary, 0.75, "brackets around the part that comes first", "Which part does Python work out first?", "operators", (binary.Span, $"({binary.Left.Text} {binary.Operator} {right.Left.Text}) {right.Operator} {right.Right.Text}"));
        }

        if (binary is { Operator: "+", Right: NameExpression { Name: var item } })
        {
            foreach (var wrapped in new[] { $"({item},)", $"[{item}]" })
            {
                Add(binary, 0.5, "the item in a tuple or list of its own", $"Is `{item}` one item, or are its parts joined one by one?", "lists", (binary.Right.Span, wrapped));
            }
        }

        if (binary.Operator == "+")
        {
            Add(binary, 0.3, "numbers in place of texts", "Does `+` add numbers here, or does it join texts?", "data-types", (binary.Left.Span, $"int({binary.Left.Text})"), (binary.Right.Span, $"int({binary.Right.Text})"));
        }
    }

    private void VaryNumber(PythonStatement statement, NumberExpression number)
    {
        if (!long.TryParse(number.Value, out var value))
        {
            return;
        }

        var whole = _program.ContentOf(statement) is { Operator: "=", Value: NumberExpression };
        var isStep = _program.ContentOf(statement).IsAugmented;
        var likelihood = (whole ? 0.7 : isStep ? 0.35 : 0.6) - (value > 10 ? 0.15 : 0);
        var owner = whole ? statement.TextOf(_program.Code, 0, statement.Tokens.Count) : OwnerOf(statement, number);
        // A count or a sum starts with 0; that it should start with 1 is what fits many a wrong result by chance.
        Vary(value + 1, value != 0 ? likelihood : whole ? LeastLikely : likelihood + 0.1);
        Vary(value - 1, value == 1 ? likelihood + 0.1 : likelihood);
        if (whole && statement.Function is { } function && PythonFunction.Of(function).Parameters is [{ Name.Text: var first }, ..])
        {
            AddEdited(number.Line, owner, 0.6, "another start value", "Which start value is right for every input, also for negative numbers?", "variables", (number.Span, $"{first}[0]"));
        }
        else if (whole && _program.Statements.FirstOrDefault(loop => loop.Keyword == "for" && loop.Start > statement.Start && _program.ContentOf(loop).Value is NameExpression) is { } loop)
        {
            AddEdited(number.Line, owner, 0.5, "another start value", "Which start value is right for every input, also for negative numbers?", "variables", (number.Span, $"{_program.ContentOf(loop).Value!.Text}[0]"));
        }

        void Vary(long other, double likely) => AddEdited(
            number.Line, owner, likely, whole ? "another start value" : "another number", whole ? "Which start value is right before anything was added or counted?" : $"Why {value}? Check it with a small example on paper.", whole ? "variables" : "operators", (number.Span, other < 0 ? $"({other})" : $"{other}"));
    }

    // What to quote for a number: the call, subscript or operation that it stands in.
    private string OwnerOf(PythonStatement statement, PythonExpression part) =>
        _program.ContentOf(statement).All.LastOrDefault(other => other is CallExpression or SubscriptExpression or BinaryExpression or ComparisonExpression
            && other.Span.Start <= part.Span.Start && other.Span.End >= part.Span.End && ReferenceEquals(other.Span.Source, part.Span.Source))?.Text
        ?? statement.TextOf(_program.Code, 0, statement.Tokens.Count);

    private void VaryCall(PythonStatement statement, CallExpression call)
    {
        var arguments = call.Arguments;
        if (call.Calls("range"))
        {
            VaryRange(statement, call);
        }

        if (arguments is [{ Name: null, Value: var a }, { Name: null, Value: var b }])
        {
            Add(call, 0.45, "the two values in the other order", "Compare the order in the call with the order in the `def`.", "parameters-and-default-arguments", (a.Span, b.Text), (b.Span, a.Text));
        }

        if (statement.Function is { } function && call.Calls(PythonFunction.Of(function).Name.Text))
        {
            foreach (var argument in arguments.Where(argument => argument.Value is NameExpression))
            {
                Add(call, 0.6, "a smaller value in the inner call", "What has to be smaller in the next call?", "recursion", (argument.Value.Span, $"{argument.Value.Text} - 1"));
            }
        }

        string? other = call.Function is NameExpression { Name: var name } ? name switch
        {
            "min" => "max",
            "max" => "min",
            "int" when arguments.Count == 1 => "float",
            "round" when arguments.Count == 1 => "",
            "sum" => "len",
            "len" => "sum",
            _ => null,
        } : null;
        if (other is not null)
        {
            Add(call, 0.45, "another function", $"What does `{call.Name}` give for a small example?", "functions", (call.Function.Span, other));
        }

        if (call.Calls("input"))
        {
            Add(call, 0.85, "a number made of what is typed in", "What type does `input()` give back?", "data-types", (call.Span, $"int({call.Text})"));
            Add(call, 0.6, "a number made of what is typed in", "What type does `input()` give back?", "data-types", (call.Span, $"float({call.Text})"));
        }

        if (call.Calls("len"))
        {
            Add(call, 0.4, "one less", "Is the last place the same as the length?", "lists", (call.Span, $"(len({string.Concat(arguments.Select(argument => argument.Value.Text))}) - 1)"));
        }

        if (call.Calls("sorted") || call.CallsMethod("sort"))
        {
            var reversed = arguments.FirstOrDefault(argument => argument.Name == "reverse");
            if (reversed is null)
            {
                Add(call, 0.4, "another order", "Is the smallest first, or the largest?", "sorting", (new CodeSpan(_program.Code, call.Span.End - 1, call.Span.End - 1, call.Line), arguments.Count > 0 ? ", reverse=True" : "reverse=True"));
            }
            else
            {
                Add(call, 0.45, "another order", "Is the smallest first, or the largest?", "sorting", (reversed.Value.Span, "False"));
            }
        }

        string? method = call.Function is AttributeExpression { Name: var called } ? called switch
        {
            "upper" => "lower",
            "lower" => "upper",
            "append" => "extend",
            "extend" => "append",
            "isalpha" => "isdigit",
            "isdigit" => "isalpha",
            "find" => "rfind",
            "startswith" => "endswith",
            "endswith" => "startswith",
            "values" => "keys",
            "keys" => "values",
            _ => null,
        } : null;
        if (method is not null && call.Function is AttributeExpression attribute)
        {
            Add(call, 0.35, "another method", $"What does `.{attribute.Name}` do, with a small example?", "strings", (attribute.Span, $"{attribute.Target.Text}.{method}"));
        }

        if (call.CallsMethod("replace") && arguments.Count == 2)
        {
            Add(call, 0.5, "only one replacement", "How many of them does `.replace` replace?", "strings", (new CodeSpan(_program.Code, call.Span.End - 1, call.Span.End - 1, call.Line), ", 1"));
        }

        if (call.Function is AttributeExpression { Name: "sort" or "reverse" } sorting && (statement.Keyword == "return" || _program.ContentOf(statement).Targets.Count > 0))
        {
            Add(call, 0.95, "the list itself in place of what the method gives back", $"What does `.{sorting.Name}()` give back?", "none-value", (call.Span, sorting.Name == "sort" ? $"sorted({sorting.Target.Text})" : $"{sorting.Target.Text}[::-1]"));
        }
    }

    private void VaryRange(PythonStatement statement, CallExpression range)
    {
        if (statement.Keyword == "for" && range.All.OfType<CallExpression>().FirstOrDefault(call => call.Calls("len")) is { Arguments: [{ Value: NameExpression list }] })
        {
            Add(range, 0.55, "the items themselves in place of their places", "Does the loop need each item, or the place of each item?", "for-loops", (range.Span, list.Name));
        }

        const string Change = "another start or end of the `range`";
        const string Hint = "Write down the first and the last number that this `range` gives.";
        var arguments = range.Arguments;
        if (arguments.Count == 1)
        {
            var end = arguments[0].Value.Text;
            Vary(0.85, $"range(1, {end} + 1)");
            Vary(0.84, $"range({end} + 1)");
            Vary(0.7, $"range({end} - 1)");
            Vary(0.72, $"range(1, {end})");
            if (statement.Keyword == "for" && SlipSearch.LoopOf(statement) is { Keyword: "for" } outer && _program.ContentOf(outer).Targets is [NameExpression around])
            {
                Vary(0.75, $"range({around.Name} + 1, {end})");
            }

            return;
        }

        if (arguments.Count is not (2 or 3))
        {
            return;
        }

        var (from, to) = (arguments[0].Value.Text, arguments[1].Value.Text);
        var step = arguments.Count == 3 ? $", {arguments[2].Value.Text}" : "";
        Vary(0.9, $"range({from}, {to} + 1{step})");
        Vary(0.8, $"range({from}, {to} - 1{step})");
        Vary(0.72, $"range({from} + 1, {to}{step})");
        Vary(0.7, $"range({from} - 1, {to}{step})");
        Vary(0.5, arguments.Count == 3 ? $"range({from}, {to})" : $"range({from}, {to}, -1)");
        if (arguments.Count == 3)
        {
            Vary(0.5, $"range({from} - 1, {to} - 1{step})");
        }

        void Vary(double likelihood, string text) => Add(range, likelihood, Change, Hint, "range", (range.Span, text));
    }

    private void VarySubscript(SubscriptExpression subscript)
    {
        if (subscript.Index is SliceExpression slice)
        {
            foreach (var bound in new[] { slice.Lower, slice.Upper }.OfType<PythonExpression>())
            {
                const string Change = "another border of the slice";
                const string Hint = "Which is the first item that this slice takes, and which the last?";
                Add(subscript, 0.6, Change, Hint, "slicing", (bound.Span, $"({bound.Text}) + 1"));
                Add(subscript, 0.6, Change, Hint, "slicing", (bound.Span, $"({bound.Text}) - 1"));
                Add(subscript, 0.4, Change, Hint, "slicing", (bound.Span, ""));
            }

            return;
        }

        if (subscript.Index is NameExpression or BinaryExpression)
        {
            Add(subscript, 0.4, "another place", "Which place is meant: this one, the one before, or the next?", "lists", (subscript.Index.Span, $"({subscript.Index.Text}) + 1"));
            Add(subscript, 0.4, "another place", "Which place is meant: this one, the one before, or the next?", "lists", (subscript.Index.Span, $"({subscript.Index.Text}) - 1"));
        }
        else if (subscript.Index is UnaryExpression or NumberExpression)
        {
            Add(subscript, 0.4, "another place", "Which place does that index mean?", "lists", (subscript.Index.Span, subscript.Index.IsNumber("0") ? "-1" : "0"));
        }

        Add(subscript, 0.25, "the place in place of the item", "Do you need the item here, or its place?", "lists", (subscript.Span, subscript.Index.Text));
    }

    private void VaryName(PythonStatement statement, NameExpression name)
    {
        var content = _program.ContentOf(statement);
        if (content.Targets.Any(target => target.Span == name.Span) || content.All.Any(part => part is CallExpression call && ReferenceEquals(call.Function, name)))
        {
            return;
        }

        var others = _program.References
            .Where(place => place.IsBinding && ValueTypes.ScopeOf(place) == statement.Function && place.Role is NameRole.Assign or NameRole.Parameter or NameRole.LoopTarget or NameRole.Unpack && place.Token.Start < statement.End)
            .Select(place => place.Name)
            .Where(other => other != name.Name && other != "self")
            .Distinct()
            .Take(6);
        foreach (var other in others)
        {
            Add(name, statement.Keyword == "return" ? 0.5 : 0.38, "another variable", $"Does `{name.Name}` hold what you need at that point?", "variables", (name.Span, other));
        }

        // seconds % minutes, where 60 was meant
        if (content.All.OfType<BinaryExpression>().FirstOrDefault(part => part.Operator is "%" or "//" or "/" or "*" && ReferenceEquals(part.Right, name)) is not null)
        {
            foreach (var number in _program.Statements.Where(other => other.Function == statement.Function).SelectMany(other => _program.ContentOf(other).All.OfType<NumberExpression>()).Select(number => number.Text).Distinct().Take(4))
            {
                Add(name, 0.4, "a number in its place", $"Does `{name.Name}` hold what you need at that point?", "variables", (name.Span, number));
            }
        }

        if (_program.PlacesOf(name.Name).Any(place => place.Role == NameRole.Function))
        {
            Add(name, 0.6, "a call", "What has to follow the name of a function so that it runs?", "functions", (name.Span, $"{name.Name}()"));
        }

        foreach (var binding in _types.Bindings(name.Name, statement).Where(binding => binding.Role == NameRole.LoopTarget))
        {
            if (_program.ContentOf(binding.Statement).Value is CallExpression range && range.Calls("range")
                && range.All.OfType<CallExpression>().FirstOrDefault(call => call.Calls("len")) is { Arguments: [{ Value: NameExpression list }] }
                && !content.All.OfType<SubscriptExpression>().Any(subscript => subscript.Index.Span == name.Span))
            {
                Add(name, 0.6, "the item in place of its place", "Does that name hold an item or a place?", "for-loops", (name.Span, $"{list.Name}[{name.Name}]"));
            }
        }
    }

    private void VaryText(StringExpression text)
    {
        var quote = text.Text[0];
        if (quote is not ('"' or '\''))
        {
            return;
        }

        if (text.Content is "aeiou")
        {
            Add(text, 0.6, "more letters", "Is `A` the same as `a` for Python?", "strings", (text.Span, $"{quote}aeiouAEIOU{quote}"));
        }
        else if (text.Content is "" or " ")
        {
            Add(text, 0.4, text.Content.Length == 0 ? "a space" : "no space", "Look at the spaces in your output and in the one that you expect.", "strings", (text.Span, text.Content.Length == 0 ? $"{quote} {quote}" : $"{quote}{quote}"));
        }
    }

    private void VaryAssignment(PythonStatement statement, StatementContent content)
    {
        if (content.Targets.Count == 0 || content.Operator.Length == 0 || content.Value is null)
        {
            return;
        }

        var text = statement.TextOf(_program.Code, 0, statement.Tokens.Count);
        var isInLoop = SlipSearch.LoopOf(statement) is not null;
        (string Sign, double Likelihood)[] others = content.Operator switch
        {
            "+=" => [("-=", 0.6), ("*=", 0.5), ("=", 0.45)],
            "-=" => [("+=", 0.65), ("=", 0.3)],
            "*=" => [("+=", 0.5), ("**=", 0.2)],
            "/=" => [("//=", 0.5), ("*=", 0.3)],
            "//=" => [("/=", 0.5), ("%=", 0.3)],
            "=" when isInLoop => [("+=", 0.65), ("*=", 0.4), ("-=", 0.3)],
            _ => [],
        };
        foreach (var (sign, likelihood) in others)
        {
            AddEdited(statement.Line, text, likelihood, "another sign of assignment", "What should become of the old value?", "operators", (content.OperatorSpan, sign));
        }

        if (content is { Operator: "=", AssignedName: not null, Value: NameExpression or AttributeExpression })
        {
            AddEdited(statement.Line, text, 0.6, "a copy", "Are these two things, or two names for one?", "mutability-and-copying", (content.Value.Span, $"(lambda _v: _v.copy() if hasattr(_v, 'copy') else _v)({content.Value.Text})"));
        }

        // result = base, before the loop that multiplies
        if (content is { Operator: "=", AssignedName: not null, Value: NameExpression } && FollowingLoop(statement) is not null)
        {
            foreach (var start in new[] { "1", "0" })
            {
                AddEdited(statement.Line, text, 0.5, "another start value", "Which start value is right before anything was added or multiplied?", "variables", (content.Value.Span, start));
            }
        }

        if (content is { Operator: "+=", Targets: [NameExpression sum] })
        {
            AddEdited(statement.Line, text, 0.5, "the new part on the other side", "On which side must the new part go?", "strings",
                (new CodeSpan(_program.Code, content.OperatorSpan.Start, content.Value.Span.End, statement.Line), $"= {content.Value.Text} + {sum.Name}"));
        }
    }

    // The same lines, one of them at another place.
    private void VaryPlace(PythonStatement statement, StatementContent content)
    {
        if (!IsAlone(statement))
        {
            return;
        }

        var text = statement.TextOf(_program.Code, 0, statement.Tokens.Count);
        const string Hint = "How far should this line be indented? To which block does it belong?";
        if (statement.Parent is { Keyword: "for" or "while" or "if" or "elif" or "else" } block && block.Body.Count > 0)
        {
            var isLast = block.Body[^1] == statement;
            var likelihood = statement.Keyword == "return" ? 0.86 : isLast ? 0.66 : 0.4;
            if (isLast)
            {
                AddLines(statement, likelihood, "one step less of indentation", Hint, Indent(block), statement.Line, statement.LastLine, block.Body.Count == 1 && !statement.IsHeader ? Indent(statement) + "pass" : null);
                if (block.Parent is { Keyword: "for" or "while" or "if" } outer && outer.Body[^1] == block)
                {
                    AddLines(statement, likelihood - 0.25, "less indentation", Hint, Indent(outer), statement.Line, statement.LastLine, block.Body.Count == 1 ? Indent(statement) + "pass" : null);
                }
            }

            if (block.Keyword is "for" or "while" && content is { Operator: "=", Targets: [NameExpression] } && content.Value is NumberExpression or StringExpression or CollectionExpression)
            {
                Move(statement, block.Line, Indent(block), 0.87, "that line before the loop", "How often should this line run?");
            }

            if (!isLast && statement.Keyword is "return" or "")
            {
                Move(statement, block.LastLine + 1, Indent(block), statement.Keyword == "return" ? 0.6 : 0.35, "that line after the block", "When should this line run?");
            }
        }

        if (statement.Keyword == "else" && statement.Parent is { Keyword: "for" or "while" } loop && loop.Body[^1] == statement)
        {
            AddLines(statement, 0.7, "less indentation", Hint, Indent(loop), statement.Line, statement.LastLine, null);
        }

        if (statement.Previous is { IsHeader: true, Body.Count: > 0 } before && !statement.IsHeader && IsAlone(before.Body[^1]))
        {
            AddLines(statement, 0.66, "one step more of indentation", Hint, Indent(before.Body[^1]), statement.Line, statement.LastLine, null);
        }

        if (content is { Operator: "=", Targets: [NameExpression] } && content.Value is NumberExpression or StringExpression or CollectionExpression
            && FollowingLoop(statement) is { Body: [var firstInLoop, ..] } next && IsAlone(firstInLoop))
        {
            Move(statement, next.Line + 1, Indent(firstInLoop), next.Body.Any(inner => inner.Keyword is "for" or "while") ? 0.6 : 0.35, "that line inside the loop", "How often should this line run?");
        }

        if (!statement.IsHeader && statement.Parent is not null && statement.Keyword is "" or "break" or "continue" or "return")
        {
            AddLines(statement, statement.Keyword is "break" or "continue" ? 0.5 : 0.25, "nothing in its place", "What does this line do? Is it needed?", Indent(statement), statement.Line, statement.LastLine, Indent(statement) + "pass", delete: true);
        }

        if (statement.Next is { IsHeader: false } following && !statement.IsHeader && statement.Keyword is "" or "return" && IsAlone(following) && following.Keyword is "" or "return")
        {
            Move(following, statement.Line, Indent(statement), 0.42, "those two lines in the other order", "Which of the two lines should come first?", statement);
        }
    }

    private static PythonStatement? FollowingLoop(PythonStatement statement)
    {
        var next = statement.Next;
        for (var steps = 0; next is { IsHeader: false } && steps < 3; steps++)
        {
            next = next.Next;
        }

        return next is { Keyword: "for" or "while" } ? next : null;
    }

    private bool IsAlone(PythonStatement statement) =>
        _lines[statement.Line - 1].TrimStart().StartsWith(statement.Tokens[0].Text, StringComparison.Ordinal)
        && _lines[statement.Line - 1].Length - _lines[statement.Line - 1].TrimStart().Length == statement.Tokens[0].Column
        && (statement.Parent is null || statement.Parent.Tokens[^1].LastLine < statement.Line);

    private string Indent(PythonStatement statement) => _lines[statement.Line - 1][..statement.Tokens[0].Column];

    private List<string> Reindented(int from, int to, string indent)
    {
        var old = _lines[from - 1].Length - _lines[from - 1].TrimStart().Length;
        return [.. _lines.GetRange(from - 1, to - from + 1).Select(line => line.Length >= old && string.IsNullOrWhiteSpace(line[..old]) ? indent + line[old..] : line)];
    }

    private void AddLines(PythonStatement statement, double likelihood, string change, string hint, string indent, int from, int to, string? left, bool delete = false)
    {
        List<string> lines = [.. _lines.Take(from - 1)];
        if (left is not null)
        {
            lines.Add(left);
        }

        if (!delete)
        {
            lines.AddRange(Reindented(from, to, indent));
        }

        lines.AddRange(_lines.Skip(to));
        AddCode(statement, likelihood, change, hint, lines);
    }

    private void Move(PythonStatement statement, int before, string indent, double likelihood, string change, string hint, PythonStatement? place = null)
    {
        var moved = Reindented(statement.Line, statement.LastLine, indent);
        List<string> lines = [.. _lines];
        var hole = statement.Parent is { } block && block.Body.Count == 1 ? Indent(statement) + "pass" : null;
        if (before <= statement.Line)
        {
            lines.RemoveRange(statement.Line - 1, moved.Count);
            if (hole is not null)
            {
                lines.Insert(statement.Line - 1, hole);
            }

            lines.InsertRange(before - 1, moved);
        }
        else
        {
            lines.InsertRange(Math.Min(before - 1, lines.Count), moved);
            lines.RemoveRange(statement.Line - 1, moved.Count);
            if (hole is not null)
            {
                lines.Insert(statement.Line - 1, hole);
            }
        }

        AddCode(place ?? statement, likelihood, change, hint, lines);
    }

    private void AddCode(PythonStatement statement, double likelihood, string change, string hint, List<string> lines) =>
        _variants.Add(new(statement.Line, ValueTypes.Short(statement.TextOf(_program.Code, 0, statement.Tokens.Count)), change, hint, statement.Keyword == "return" ? "return-versus-print" : "for-loops", likelihood, string.Join('\n', lines)));

    private void VaryKeyword(PythonStatement statement, StatementContent content)
    {
        var text = statement.TextOf(_program.Code, 0, statement.Tokens.Count);
        var word = new CodeSpan(_program.Code, statement.Tokens[0].Start, statement.Tokens[0].End, statement.Line);
        switch (statement.Keyword)
        {
            case "if" when statement.Previous is { Keyword: "if" or "elif" }:
                AddEdited(statement.Line, text, 0.65, "a further branch in place of a new question", "Should this also be asked when the branch before it ran?", "if-statements", (word, "elif"));
                break;
            case "elif":
                AddEdited(statement.Line, text, 0.5, "a new question in place of a further branch", "Should this also be asked when the branch before it ran?", "if-statements", (word, "if"));
                SwapBranches(statement);
                break;
            case "return" when content.Value is ConstantExpression or StringExpression or NumberExpression or CollectionExpression { Items.Count: 0 } && statement.Function is { } function:
                IEnumerable<string> others = ["0", "[]", "False", "True", .. PythonFunction.Of(function).Parameters.Take(2).Select(parameter => parameter.Name.Text)];
                foreach (var other in others)
                {
                    AddEdited(statement.Line, text, 0.7, "another value handed back", "In which case does this line run, and what should come back then?", "return-versus-print", (content.Value.Span, other));
                }

                break;
            case "break":
                AddEdited(statement.Line, text, 0.4, "another word", "Should the loop end here, or only go on with the next round?", "break-and-continue", (word, "continue"));
                break;
            case "else" when statement.Previous is { Keyword: "if", Body.Count: > 0 } test && statement.Body.Count > 0:
                var (yes, no) = (new CodeSpan(_program.Code, test.Body[0].Start, test.End, test.Line), new CodeSpan(_program.Code, statement.Body[0].Start, statement.End, statement.Line));
                AddEdited(test.Line, test.TextOf(_program.Code, 0, test.Tokens.Count), 0.55, "the two blocks exchanged", "When this is true, is its block the one that should run?", "if-statements", (yes, no.Text), (no, yes.Text));
                break;
            case "continue":
                AddEdited(statement.Line, text, 0.4, "another word", "Should the loop end here, or only go on with the next round?", "break-and-continue", (word, "break"));
                break;
            case "for" when content.Value is NameExpression list && LoopChangeCauses.Find(_program, statement) is { } changed:
                AddEdited(changed.Line, changed.Expression, 0.9, "a copy to go over", changed.Hint, "mutability-and-copying", (list.Span, $"list({list.Name})"));
                break;
            case "for" when content.Value is NameExpression { Name: var name } iterable && content.Targets is [NameExpression]:
                AddEdited(statement.Line, text, 0.3, "capital and small letters treated alike", "Is `A` the same as `a` for Python?", "strings", (iterable.Span, $"{name}.lower()"));
                break;
            case "if" or "while" or "elif" when content.Value is CallExpression or NameExpression or AttributeExpression:
                AddEdited(statement.Line, text, 0.45, "the opposite condition", "Is the condition true in the cases that you mean, or in the others?", "comparisons-and-booleans", (content.Value.Span, $"not ({content.Value.Text})"));
                break;
            case "" when content is { Targets.Count: 0, Value: CallExpression { Function: AttributeExpression { Target: NameExpression owner } } }:
                AddEdited(statement.Line, text, 0.7, "its result kept", "Does the method change the value itself, or give back a new one?", "strings", (content.Value.Span with { End = content.Value.Span.Start }, $"{owner.Name} = "));
                break;
            case "" when content is { Targets.Count: 0, Value: CallExpression { Function: NameExpression { Name: "print" }, Arguments: [{ Name: null, Value: var printed }] } } && statement.Function is not null:
                AddEdited(statement.Line, text, 0.7, "its value handed back", "What is the difference between showing a value and handing it back?", "return-versus-print", (content.Value.Span, $"return {printed.Text}"));
                break;
            case "" when content is { Targets.Count: 0, Value: { } value } && statement.Function is not null && value is not StringExpression:
                AddEdited(statement.Line, text, 0.85, "its value handed back", "How does a function hand its result back?", "return-versus-print", (value.Span with { End = value.Span.Start }, "return "));
                break;
        }
    }

    // The conditions of two branches change places, and their blocks with them.
    private void SwapBranches(PythonStatement branch)
    {
        for (var other = branch.Previous; other is { Keyword: "if" or "elif" }; other = other.Keyword == "if" ? null : other.Previous)
        {
            if (_program.ContentOf(branch).Value is not { } a || _program.ContentOf(other).Value is not { } b || branch.Body.Count == 0 || other.Body.Count == 0)
            {
                return;
            }

            AddEdited(branch.Line, a.Text, other == branch.Previous ? 0.66 : 0.7, "the branches in another order", "Only the first branch that is true runs. Which question has to come first?", "if-statements",
                (Whole(a.Span, branch), Text(b.Span, other)), (Whole(b.Span, other), Text(a.Span, branch)));
            AddEdited(other.Line, b.Text, 0.6, "the two blocks exchanged", "When this is true, is its block the one that should run?", "if-statements",
                (Block(branch), _program.Code[Block(other).Start..Block(other).End]), (Block(other), _program.Code[Block(branch).Start..Block(branch).End]));
        }

        CodeSpan Block(PythonStatement statement) => new(_program.Code, statement.Body[0].Start, statement.End, statement.Line);
        CodeSpan Whole(CodeSpan condition, PythonStatement statement) => condition with { End = statement.End };
        string Text(CodeSpan condition, PythonStatement statement) => _program.Code[condition.Start..statement.End];
    }

    private void VaryFunction(PythonFunction function)
    {
        var statement = function.Statement;
        if (function.Body.Count == 0 || !IsAlone(function.Body[0]) || ValueTypes.IsGenerator(function))
        {
            return;
        }

        var last = function.Body[^1];
        var indent = Indent(function.Body[0]);
        var returns = ValueTypes.ReturnsOf(function).ToList();
        const string Hint = "How does a function hand its result back?";
        if (last.Keyword is not "return")
        {
            IEnumerable<string> values = returns.Count == 0
                ? _program.References.Where(place => place.IsBinding && ValueTypes.ScopeOf(place) == statement).Select(place => place.Name).Distinct().Reverse().Take(5)
                : returns.Select(other => _program.ContentOf(other).Value?.Text).OfType<string>().Concat(["True", "False", "0"]).Distinct().Take(6);
            foreach (var value in values)
            {
                List<string> lines = [.. _lines];
                lines.Insert(statement.LastLine, $"{indent}return {value}");
                AddCode(statement.Descendants.Last(), returns.Count == 0 ? 0.8 : 0.7, "a value handed back at the end of the function", Hint, lines);
            }
        }

        foreach (var parameter in function.Parameters.Take(3).Where(parameter => !parameter.IsVariadic && parameter.Name.Text != "self"))
        {
            foreach (var value in new[] { parameter.Name.Text, "0", "False", "True" })
            {
                List<string> lines = [.. _lines];
                lines.Insert(function.Body[0].Line - 1, $"{indent}if not {parameter.Name.Text}: return {value}");
                _variants.Add(new(function.Body[0].Line, ValueTypes.Short(function.Body[0].TextOf(_program.Code, 0, function.Body[0].Tokens.Count)), $"a check for an empty or zero `{parameter.Name.Text}`", $"What should come out when `{parameter.Name.Text}` is empty or zero? Which lines count on something being there?", "if-statements", 0.55, string.Join('\n', lines)));
            }
        }

        if (function.Parameters.FirstOrDefault(parameter => parameter.Default is [{ Text: "[" or "{" }, ..]) is { } shared)
        {
            var value = string.Concat(shared.Default.Select(token => token.Text));
            List<string> lines = [.. _lines];
            lines.Insert(function.Body[0].Line - 1, $"{indent}{shared.Name.Text} = {value} if _first_({shared.Name.Text}) else {shared.Name.Text}");
            var code = string.Join('\n', lines).Replace($"{shared.Name.Text}={value}", $"{shared.Name.Text}=None", StringComparison.Ordinal).Replace($"{shared.Name.Text} = {value})", $"{shared.Name.Text}=None)", StringComparison.Ordinal).Replace($"_first_({shared.Name.Text})", $"{shared.Name.Text} is None", StringComparison.Ordinal);
            _variants.Add(new(function.Line, $"{shared.Name.Text}={value}", "a new value at every call", "When is a default value made: once, or at every call?", "parameters-and-default-arguments", 0.85, code));
        }
    }
}
