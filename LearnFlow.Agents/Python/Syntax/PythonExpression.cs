namespace LearnFlow.Agents.Python.Syntax;

/// <summary>A stretch of source text; in a field of an f-string the source is the text of the fields.</summary>
internal readonly record struct CodeSpan(string Source, int Start, int End, int Line)
{
    public string Text => Source[Start..End];
}

/// <summary>An expression, as far as it could be read.</summary>
internal abstract record PythonExpression(CodeSpan Span)
{
    /// <summary>The expression as written.</summary>
    public string Text => Span.Text;

    public int Line => Span.Line;

    /// <summary>The expressions that it is made of, from left to right.</summary>
    public virtual IEnumerable<PythonExpression> Children => [];

    /// <summary>The expression and all that it is made of, the outer ones first.</summary>
    public IEnumerable<PythonExpression> All
    {
        get
        {
            var waiting = new Stack<PythonExpression>([this]);
            while (waiting.TryPop(out var expression))
            {
                yield return expression;
                foreach (var child in expression.Children.Reverse())
                {
                    waiting.Push(child);
                }
            }
        }
    }

    /// <summary>Whether a name is read anywhere in it.</summary>
    public bool Mentions(string name) => All.Any(part => part is NameExpression { Name: var other } && other == name);

    /// <summary>Whether a function of that name is called anywhere in it.</summary>
    public bool HasCallOf(string function) => All.Any(part => part is CallExpression call && call.Calls(function));

    /// <summary>Whether the name is the whole of it.</summary>
    public bool IsName(string name) => this is NameExpression { Name: var other } && other == name;

    /// <summary>Whether it is a whole number, and this one.</summary>
    public bool IsNumber(string number) => this is NumberExpression { Value: var value } && value == number;
}

internal sealed record NameExpression(CodeSpan Span, string Name) : PythonExpression(Span);

internal sealed record NumberExpression(CodeSpan Span, string Value) : PythonExpression(Span)
{
    public bool IsFloat => !IsHexadecimal && Value.AsSpan().IndexOfAny(".eE") >= 0;

    private bool IsHexadecimal => Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One or more string literals side by side; the fields are those of f-strings.</summary>
internal sealed record StringExpression(CodeSpan Span, string Content, IReadOnlyList<PythonExpression> Fields) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => Fields;
}

/// <summary><c>True</c>, <c>False</c>, <c>None</c> or <c>...</c>.</summary>
internal sealed record ConstantExpression(CodeSpan Span, string Value) : PythonExpression(Span);

internal sealed record AttributeExpression(CodeSpan Span, PythonExpression Target, string Name) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Target];
}

/// <summary>An argument of a call: by place, by name, or unpacked with stars.</summary>
internal sealed record PythonArgument(string? Name, string Stars, PythonExpression Value);

internal sealed record CallExpression(CodeSpan Span, PythonExpression Function, IReadOnlyList<PythonArgument> Arguments) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => Arguments.Select(argument => argument.Value).Prepend(Function);

    /// <summary>The called function's name where it is a plain name, the method's name where it is one; else empty.</summary>
    public string Name => Function switch
    {
        NameExpression name => name.Name,
        AttributeExpression attribute => attribute.Name,
        _ => "",
    };

    public bool IsMethod => Function is AttributeExpression;

    /// <summary>Whether it calls a function of that name, not a method.</summary>
    public bool Calls(string function) => Function.IsName(function);

    /// <summary>Whether it calls a method of that name.</summary>
    public bool CallsMethod(string method) => Function is AttributeExpression attribute && attribute.Name == method;
}

internal sealed record SubscriptExpression(CodeSpan Span, PythonExpression Target, PythonExpression Index) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Target, Index];
}

internal sealed record SliceExpression(CodeSpan Span, PythonExpression? Lower, PythonExpression? Upper, PythonExpression? Step) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => new[] { Lower, Upper, Step }.OfType<PythonExpression>();
}

/// <summary>Two operands and an arithmetic or logical operator (<c>and</c> and <c>or</c> among them).</summary>
internal sealed record BinaryExpression(CodeSpan Span, PythonExpression Left, string Operator, CodeSpan OperatorSpan, PythonExpression Right)
    : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Left, Right];
}

internal sealed record UnaryExpression(CodeSpan Span, string Operator, PythonExpression Operand) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Operand];
}

/// <summary><c>a &lt; b</c>; of a chain <c>a &lt; b &lt; c</c> the right side of each but the last is the left side of the next.</summary>
internal sealed record ComparisonExpression(CodeSpan Span, PythonExpression Left, string Operator, CodeSpan OperatorSpan, PythonExpression Right)
    : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Left, Right];
}

/// <summary><c>a if b else c</c>.</summary>
internal sealed record ConditionalExpression(CodeSpan Span, PythonExpression Then, PythonExpression Condition, PythonExpression Else)
    : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Then, Condition, Else];
}

/// <summary>A list, tuple, set or dict display; of a dict, keys and values take turns.</summary>
internal sealed record CollectionExpression(CodeSpan Span, string Type, IReadOnlyList<PythonExpression> Items) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => Items;

    /// <summary>The keys of a dict.</summary>
    public IEnumerable<PythonExpression> Keys => Items.Where((_, index) => index % 2 == 0);
}

/// <summary>A comprehension: what it makes, and the parts of its <c>for</c> and <c>if</c> clauses.</summary>
internal sealed record ComprehensionExpression(
    CodeSpan Span, string Type, IReadOnlyList<PythonExpression> Elements, IReadOnlyList<PythonExpression> Targets,
    IReadOnlyList<PythonExpression> Iterables, IReadOnlyList<PythonExpression> Conditions) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [.. Elements, .. Targets, .. Iterables, .. Conditions];
}

internal sealed record LambdaExpression(CodeSpan Span, IReadOnlyList<string> Parameters, PythonExpression Body) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => [Body];
}

/// <summary>What the parser does not know, with what it could read of it.</summary>
internal sealed record UnknownExpression(CodeSpan Span, IReadOnlyList<PythonExpression> Parts) : PythonExpression(Span)
{
    public override IEnumerable<PythonExpression> Children => Parts;
}
