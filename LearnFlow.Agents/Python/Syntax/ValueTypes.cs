namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A type that an expression may have, and how that is known.</summary>
/// <param name="Type">As Python names it: <c>str</c>, <c>NoneType</c>.</param>
/// <param name="Because">The rest of "… because": "`input()` gives back a text".</param>
/// <param name="Line">The line that this is seen on.</param>
/// <param name="Source">The expression that it is seen in.</param>
internal sealed record KnownType(string Type, string Because, int Line, PythonExpression Source);

/// <summary>
/// The types that follow from literals and from what is known of Python's own functions. Names are followed to where they
/// get their value. Nothing is said where nothing is known.
/// </summary>
internal sealed class ValueTypes(PythonProgram program)
{
    private const int Deepest = 6;

    /// <summary>How many expressions are looked at for one question: programs can be made in which names lead to one another without end.</summary>
    private const int MostSteps = 300;

    private int _steps;

    /// <summary>The types that an expression may have, the likelier (nearer) first.</summary>
    public IReadOnlyList<KnownType> Of(PythonExpression expression, PythonStatement at)
    {
        _steps = 0;
        return [.. Of(expression, at, 0).Take(20)];
    }

    /// <summary>The one type that it has, where all that is known agrees.</summary>
    public string? Only(PythonExpression expression, PythonStatement at)
    {
        var types = Of(expression, at).Select(known => known.Type).Distinct().Take(2).ToList();
        return types is [var only] ? only : null;
    }

    /// <summary>The same, but null also where a name gets a value that nothing is known of.</summary>
    public string? Certain(PythonExpression expression, PythonStatement at) => expression is NameExpression { Name: var name }
        ? AllKnown(name, at) ? Only(expression, at) : null
        : Only(expression, at);

    /// <summary>How a type is called in a sentence for beginners.</summary>
    public static string Describe(string type) => type switch
    {
        "str" => "a text (`str`)",
        "int" => "a whole number (`int`)",
        "float" => "a decimal number (`float`)",
        "NoneType" => "`None`",
        "bool" => "`True` or `False` (`bool`)",
        "function" => "a function",
        "builtin_function_or_method" or "method" => "a function that was not called",
        "module" => "a module",
        "type" => "a class",
        "file" or "_io.TextIOWrapper" => "a file",
        _ => $"{(type.Length > 0 && "aeiouAEIOU".Contains(type[0]) ? "an" : "a")} `{type}`",
    };

    private bool AllKnown(string name, PythonStatement at) => Bindings(name, at).All(binding =>
        binding.Role is NameRole.Assign && program.ContentOf(binding.Statement) is { Value: { } value } && Of(value, binding.Statement).Any());

    private IEnumerable<KnownType> Of(PythonExpression expression, PythonStatement at, int depth)
    {
        if (depth > Deepest || ++_steps > MostSteps)
        {
            return [];
        }

        return expression switch
        {
            StringExpression => Known("str", "it stands in quotes"),
            NumberExpression number => Known(number.IsFloat ? "float" : "int", $"`{number.Text}` is a number"),
            ConstantExpression { Value: "True" or "False" } => Known("bool", "it is"),
            ConstantExpression { Value: "None" } => Known("NoneType", "it is set to `None`"),
            CollectionExpression collection => Known(collection.Type, $"`{Short(collection.Text)}` makes {Describe(collection.Type)}"),
            ComprehensionExpression comprehension => Known(comprehension.Type, $"it makes {Describe(comprehension.Type)}"),
            ComparisonExpression => Known("bool", "a comparison gives `True` or `False`"),
            UnaryExpression { Operator: "not" } => Known("bool", "`not` gives `True` or `False`"),
            UnaryExpression unary => Of(unary.Operand, at, depth + 1),
            LambdaExpression => Known("function", "`lambda` makes a function"),
            ConditionalExpression choice => Of(choice.Then, at, depth + 1).Concat(Of(choice.Else, at, depth + 1)),
            BinaryExpression binary => OfBinary(binary, at, depth),
            CallExpression call => OfCall(call, at, depth),
            SubscriptExpression subscript => OfSubscript(subscript, at, depth),
            NameExpression name => OfName(name, at, depth),
            AttributeExpression attribute => OfAttribute(attribute, at, depth),
            _ => [],
        };

        KnownType[] Known(string type, string because) => [new(type, because, expression.Line, expression)];
    }

    private IEnumerable<KnownType> OfBinary(BinaryExpression binary, PythonStatement at, int depth)
    {
        if (binary.Operator is "and" or "or")
        {
            return Of(binary.Left, at, depth + 1).Concat(Of(binary.Right, at, depth + 1));
        }

        var left = Of(binary.Left, at, depth + 1).FirstOrDefault()?.Type;
        var right = Of(binary.Right, at, depth + 1).FirstOrDefault()?.Type;
        var type = (binary.Operator, left, right) switch
        {
            ("%", "str", _) => "str",
            ("/", "int" or "float", _) or ("/", _, "int" or "float") => "float",
            ("+", "str", _) or ("+", _, "str") or ("*", "str", _) or ("*", _, "str") => "str",
            ("+", "list", _) or ("+", _, "list") or ("*", "list", _) or ("*", _, "list") => "list",
            (_, "float", "int" or "float") or (_, "int", "float") => "float",
            ("+" or "-" or "*" or "//" or "%" or "**", "int", "int") => "int",
            _ => null,
        };
        return type is null
            ? []
            : [new(type, $"`{Short(binary.Text)}` gives {Describe(type)}", binary.Line, binary)];
    }

    private IEnumerable<KnownType> OfCall(CallExpression call, PythonStatement at, int depth)
    {
        if (call.Function is NameExpression { Name: var name })
        {
            if (FunctionNamed(name) is { } function)
            {
                return OfResult(function, call, depth);
            }

            if (program.PlacesOf(name).FirstOrDefault(place => place.Role == NameRole.Class) is not null)
            {
                return [new(name, $"`{Short(call.Text)}` makes an object of the class `{name}`", call.Line, call)];
            }

            if (program.PlacesOf(name).Any(place => place.IsBinding && place.Role != NameRole.Import))
            {
                return [];
            }

            return name switch
            {
                "round" => Give(call.Arguments.Count > 1 ? "float" : "int"),
                "max" or "min" when call.Arguments is [var only] => ElementsOf(only.Value, at, depth),
                _ when PythonBuiltIns.Functions.TryGetValue(name, out var type) && type.Length > 0 => Give(type),
                _ => [],
            };
        }

        if (call.Function is not AttributeExpression { Target: var target } method)
        {
            return [];
        }

        if (target is NameExpression { Name: var module } && program.Imports(module))
        {
            return (module, method.Name) switch
            {
                ("random", "randint" or "randrange") => Give("int"),
                ("random", "shuffle") => Give("NoneType"),
                ("random", "random" or "uniform") or ("math", "sqrt" or "sin" or "cos" or "log") => Give("float"),
                ("math", "floor" or "ceil") => Give("int"),
                _ => [],
            };
        }

        var owner = Of(target, at, depth + 1).FirstOrDefault()?.Type;
        if (owner is not null && program.PlacesOf(owner).FirstOrDefault(place => place.Role == NameRole.Class) is { } @class
            && program.Functions.FirstOrDefault(f => f.Class == @class.Statement && f.Name.Text == method.Name) is { } own)
        {
            return OfResult(own, call, depth);
        }

        var isOwn = program.Functions.Any(f => f.Class is not null && f.Name.Text == method.Name);
        return (owner, method.Name) switch
        {
            _ when isOwn => [],
            (null or "dict", "get") when call.Arguments.Count == 1 => Give("NoneType", $"`{Short(call.Text)}` gives back `None` where the key is not there"),
            ("list" or "dict" or "set", "copy") => Give(owner),
            ("list" or "str", "index") => Give("int"),
            _ when PythonBuiltIns.Methods.TryGetValue(method.Name, out var type) => Give(
                type, type == "NoneType" ? $"`.{method.Name}()` changes the object itself and gives back `None`" : null),
            _ => [],
        };

        KnownType[] Give(string type, string? because = null) =>
            [new(type, because ?? $"`{(call.Name == "input" ? "input()" : Short(call.Text))}` gives back {Describe(type)}", call.Line, call)];
    }

    private IEnumerable<KnownType> OfResult(PythonFunction function, CallExpression call, int depth)
    {
        if (IsGenerator(function))
        {
            return [new("generator", $"`{function.Name.Text}` uses `yield`", function.Line, call)];
        }

        var returns = ReturnsOf(function).ToList();
        if (returns.Count == 0)
        {
            return function.Statement.Is(0, "async")
                ? []
                : [new("NoneType", $"the function `{function.Name.Text}` has no `return`{(PrintIn(function.Body) is { } printed ? $": it only prints, on line {printed.Line}" : "")}", function.Line, call)];
        }

        var results = returns.SelectMany(statement => program.ContentOf(statement).Value is { } value
            ? Of(value, statement, depth + 1)
            : [new("NoneType", $"`{function.Name.Text}` has a `return` without a value", statement.Line, call)]);
        return EndWithoutReturn(function.Body) is { } end
            ? results.Append(new("NoneType", $"`{function.Name.Text}` gives nothing back when it comes to its end after line {end.Line}", end.Line, call))
            : results;
    }

    private PythonStatement? PrintIn(IReadOnlyList<PythonStatement> block) =>
        block.SelectMany(statement => statement.Descendants.Prepend(statement)).LastOrDefault(statement => program.ContentOf(statement).Value is CallExpression call && call.Calls("print"));

    /// <summary>The last statement that runs where a block is left at its end and not by a <c>return</c>; null where it never is.</summary>
    private static PythonStatement? EndWithoutReturn(IReadOnlyList<PythonStatement> block)
    {
        if (block is not [.., var last])
        {
            return null;
        }

        if (last.Keyword is not ("else" or "elif" or "if"))
        {
            return last.Keyword is "return" or "raise" or "while" or "try" or "except" or "finally" or "with" or "match" ? null : last;
        }

        for (var branch = last; branch is not null; branch = branch.Keyword == "if" ? null : branch.Previous)
        {
            if (EndWithoutReturn(branch.Body) is { } end)
            {
                return end;
            }
        }

        return last.Keyword == "else" ? null : last;
    }

    private IEnumerable<KnownType> OfSubscript(SubscriptExpression subscript, PythonStatement at, int depth)
    {
        var isSlice = subscript.Index is SliceExpression;
        return Of(subscript.Target, at, depth + 1).SelectMany(target => (target.Type, isSlice) switch
        {
            ("str" or "list" or "tuple", true) or ("str", false) =>
                [new(target.Type, $"`{Short(subscript.Text)}` is a part of {Describe(target.Type)}", subscript.Line, subscript)],
            ("list" or "tuple", false) => ElementsOf(subscript.Target, at, depth + 1),
            ("dict", false) when target.Source is CollectionExpression { Items: { Count: > 1 } items } =>
                Of(items[1], at, depth + 1),
            _ => (IEnumerable<KnownType>)[],
        });
    }

    private IEnumerable<KnownType> OfAttribute(AttributeExpression attribute, PythonStatement at, int depth) =>
        attribute.Target.IsName("self")
            ? program.Statements
                .Where(statement => ClassOf(statement) is { } owner && owner == ClassOf(at))
                .Select(statement => (Statement: statement, Content: program.ContentOf(statement)))
                .Where(pair => pair.Content.Operator == "=" && pair.Content.Targets.Any(target => target.Text == attribute.Text))
                .SelectMany(pair => pair.Content.Value is { } value ? Of(value, pair.Statement, depth + 1) : [])
            : [];

    private IEnumerable<KnownType> OfName(NameExpression name, PythonStatement at, int depth)
    {
        var bindings = Bindings(name.Name, at);
        if (bindings.Count == 0)
        {
            return program.Imports(name.Name) ? [new("module", $"it is imported", name.Line, name)] : [];
        }

        return bindings.SelectMany(binding => OfBinding(binding, name, depth));
    }

    /// <summary>Where a name that is read in a statement may get its value: in its own scope, the nearer before it first.</summary>
    public IReadOnlyList<NameReference> Bindings(string name, PythonStatement at)
    {
        for (var scope = at.Function; ; scope = scope.Function)
        {
            var own = program.PlacesOf(name)
                .Where(place => place.IsBinding && ScopeOf(place) == scope && place.Role is not (NameRole.ComprehensionTarget or NameRole.LambdaParameter))
                .ToList();
            if (own.Count > 0 || scope is null)
            {
                return [.. own.Where(place => place.Token.Start < at.End).Reverse(), .. own.Where(place => place.Token.Start >= at.End)];
            }
        }
    }

    private IEnumerable<KnownType> OfBinding(NameReference binding, NameExpression name, int depth)
    {
        var content = program.ContentOf(binding.Statement);
        switch (binding.Role)
        {
            case NameRole.Function:
                return [new("function", $"`{name.Name}` is a function", binding.Line, name)];
            case NameRole.Class:
                return [new("type", $"`{name.Name}` is a class", binding.Line, name)];
            case NameRole.Assign when content is { IsAugmented: false, Value: { } value }:
                return Of(value, binding.Statement, depth + 1);
            case NameRole.LoopTarget when content is { Targets: [NameExpression], Value: { } iterable }:
                return ElementsOf(iterable, binding.Statement, depth);
            case NameRole.Unpack when content is { Value: CallExpression { Name: "split" } split }:
                return [new("str", $"`{Short(split.Text)}` cuts a text into texts", split.Line, split)];
            case NameRole.Unpack when content is { Value: CallExpression { Function: NameExpression { Name: "map" }, Arguments: [{ Value: NameExpression kind }, ..] } map }:
                return [new(kind.Name, $"`{Short(map.Text)}` gives them", map.Line, map)];
            case NameRole.Unpack when content is { Targets: [CollectionExpression targets], Value: CollectionExpression values } && targets.Items.Count == values.Items.Count:
                return targets.Items.Zip(values.Items).Where(pair => pair.First.IsName(name.Name)).SelectMany(pair => Of(pair.Second, binding.Statement, depth + 1));
            case NameRole.WithTarget when content.Value is { } opened:
                return Of(opened, binding.Statement, depth + 1);
            case NameRole.Parameter:
                return OfParameter(binding, depth);
            default:
                return [];
        }
    }

    private IEnumerable<KnownType> OfParameter(NameReference binding, int depth)
    {
        var function = program.Functions.FirstOrDefault(f => f.Statement == binding.Statement);
        var place = function?.Parameters.ToList().FindIndex(parameter => parameter.Name.Start == binding.Token.Start) ?? -1;
        if (function is null || place < 0 || depth > 3)
        {
            return [];
        }

        var skip = function.Class is not null ? 1 : 0;
        return program.Statements
            .Where(statement => statement.Function != function.Statement)
            .SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>()
                .Where(call => call.Name == function.Name.Text && call.IsMethod == skip > 0)
                .Select(call => (Statement: statement, Call: call)))
            .Take(5)
            .SelectMany(use =>
            {
                var argument = use.Call.Arguments.FirstOrDefault(a => a.Name == binding.Name) ?? use.Call.Arguments.ElementAtOrDefault(place - skip);
                return argument is { Stars: "" }
                    ? Of(argument.Value, use.Statement, depth + 2)
                        .Select(known => known with { Because = $"line {use.Call.Line} calls `{Short(use.Call.Text)}`", Line = use.Call.Line })
                    : [];
            });
    }

    private IEnumerable<KnownType> ElementsOf(PythonExpression iterable, PythonStatement at, int depth)
    {
        switch (iterable)
        {
            case CollectionExpression { Type: not "dict", Items: [var first, ..] }:
                return Of(first, at, depth + 1);
            case CollectionExpression { Type: "dict", Items: [var key, ..] }:
                return Of(key, at, depth + 1);
            case StringExpression:
                return [new("str", "each character of a text is a text", iterable.Line, iterable)];
            case CallExpression call when call.Calls("range"):
                return [new("int", "`range` gives whole numbers", call.Line, call)];
            case CallExpression call when call.CallsMethod("split") || call.CallsMethod("readlines") || call.Calls("input") || call.CallsMethod("strip"):
                return [new("str", $"`{Short(call.Text)}` holds texts", call.Line, call)];
            case CallExpression call when (call.Calls("sorted") || call.Calls("list") || call.Calls("reversed") || call.Calls("set")) && call.Arguments is [var inner, ..]:
                return ElementsOf(inner.Value, at, depth + 1);
            case CallExpression { Function: NameExpression { Name: "map" }, Arguments: [{ Value: NameExpression { Name: "int" or "float" or "str" } kind }, ..] } map:
                return [new(kind.Name, $"`{Short(map.Text)}` gives them", map.Line, map)];
            case NameExpression { Name: var name } when depth < Deepest:
                return Bindings(name, at).SelectMany(binding => binding.Role == NameRole.Assign && program.ContentOf(binding.Statement) is { IsAugmented: false, Value: { } value }
                    ? ElementsOf(value, binding.Statement, depth + 1)
                    : binding.Role == NameRole.Parameter ? ElementsOfParameter(binding, depth) : []);
            case ComprehensionExpression { Elements: [var element], Type: not "dict" }:
                return Of(element, at, depth + 1);
            default:
                return [];
        }
    }

    private IEnumerable<KnownType> ElementsOfParameter(NameReference binding, int depth) => OfParameter(binding, depth)
        .Take(1)
        .SelectMany(known => known.Source is CollectionExpression collection
            ? ElementsOf(collection, binding.Statement, depth + 2)
            : known.Type == "str" ? [known with { Because = "each character of a text is a text" }] : []);

    /// <summary>The function of that name, where the program defines one and no more.</summary>
    public PythonFunction? FunctionNamed(string name)
    {
        var functions = program.Functions.Where(function => function.Class is null && function.Name.Text == name).Take(2).ToList();
        return functions is [var only] ? only : null;
    }

    /// <summary>The <c>return</c> statements of a function, not those of functions in it.</summary>
    public static IEnumerable<PythonStatement> ReturnsOf(PythonFunction function) =>
        function.Statement.Descendants.Where(statement => statement.Keyword == "return" && statement.Function == function.Statement);

    /// <summary>The <c>class</c> that a statement stands in.</summary>
    public static PythonStatement? ClassOf(PythonStatement statement)
    {
        for (var outer = statement.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer.Keyword == "class")
            {
                return outer;
            }
        }

        return null;
    }

    /// <summary>The function whose local name a binding makes; null at the top level.</summary>
    public static PythonStatement? ScopeOf(NameReference place) =>
        place.Role == NameRole.Parameter ? place.Statement : place.Statement.Function;

    public static bool IsGenerator(PythonFunction function) =>
        function.Statement.Descendants.Any(statement => statement.Function == function.Statement && statement.Tokens.Any(token => token.Is("yield")));

    /// <summary>An expression as it can be quoted within a sentence.</summary>
    public static string Short(string text)
    {
        var line = text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] + "…" : text;
        return (line.Length <= 60 ? line : line[..57] + "…").Replace('`', '\'');
    }
}
