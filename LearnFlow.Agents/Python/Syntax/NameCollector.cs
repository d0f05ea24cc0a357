using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Python.Syntax;

/// <summary>Reads which names a statement uses and which it gives a value, in one pass over its tokens.</summary>
internal sealed partial class NameCollector
{
    private readonly PythonStatement _statement;
    private readonly List<NameReference> _references = [];
    private readonly int _targetsEnd;
    private readonly NameRole _targetRole;
    private readonly int _parametersOpen;

    private NameCollector(PythonStatement statement)
    {
        _statement = statement;
        (_targetsEnd, _targetRole) = FindTargets(statement);
        _parametersOpen = statement.Keyword == "def" ? statement.IndexOfTopLevel("(") : -1;
    }

    public static IReadOnlyList<NameReference> Collect(PythonStatement statement)
    {
        var collector = new NameCollector(statement);
        switch (statement.Keyword)
        {
            case "import" or "from":
                collector.CollectImports();
                break;
            case "global" or "nonlocal":
                collector.CollectAll(NameRole.Declaration);
                break;
            default:
                collector.CollectExpressions();
                break;
        }

        return collector._references;
    }

    // Everything before the last `=` of an assignment, or between `for` and `in`, is a target.
    private static (int End, NameRole Role) FindTargets(PythonStatement statement)
    {
        if (statement.Keyword == "for")
        {
            return (statement.IndexOfTopLevel("in"), NameRole.LoopTarget);
        }

        if (statement.IsHeader || statement.Keyword.Length > 0)
        {
            return (0, NameRole.Load);
        }

        var (lastEquals, colon, comma) = (-1, -1, -1);
        for (var index = 0; index < statement.Tokens.Count; index++)
        {
            if (statement.DepthAt(index) > 0)
            {
                continue;
            }

            var token = statement.Tokens[index];
            lastEquals = token.Is("=") ? index : lastEquals;
            colon = colon < 0 && lastEquals < 0 && token.Is(":") ? index : colon;
            comma = comma < 0 && lastEquals < 0 && token.Is(",") ? index : comma;
            if (token.Is("lambda"))
            {
                break;
            }
        }

        if (lastEquals < 0)
        {
            return (0, NameRole.Load);
        }

        var isUnpacking = comma >= 0 || BracketMap.IsOpener(statement.Tokens[0]);
        return (colon >= 0 ? colon : lastEquals, isUnpacking ? NameRole.Unpack : NameRole.Assign);
    }

    private void CollectImports()
    {
        // The bound name is the one after `as`, or else the first part of a dotted name.
        var first = _statement.Keyword == "from" ? _statement.IndexOfTopLevel("import") + 1 : 1;
        for (var index = Math.Max(first, 1); index < _statement.Tokens.Count; index++)
        {
            var isRenamed = _statement.Is(index + 1, "as");
            if (_statement.Is(index, PythonTokenKind.Name) && !isRenamed && !_statement.Is(index - 1, "."))
            {
                var isDottedAndRenamed = _statement.Is(index + 1, ".") && IsDottedNameRenamed(index);
                if (!isDottedAndRenamed)
                {
                    Add(index, NameRole.Import);
                }
            }
        }
    }

    private bool IsDottedNameRenamed(int index)
    {
        while (_statement.Matches(index + 1, ".", PythonStatement.AnyName))
        {
            index += 2;
        }

        return _statement.Is(index + 1, "as");
    }

    private void CollectAll(NameRole role)
    {
        for (var index = 1; index < _statement.Tokens.Count; index++)
        {
            if (_statement.Is(index, PythonTokenKind.Name))
            {
                Add(index, role);
            }
        }
    }

    private void CollectExpressions()
    {
        var comprehensionUntilDepth = -1;
        var lambdaUntilDepth = -1;
        var subscriptEnd = -1;
        var isSoftHeader = _statement.IsHeader && _statement.Is(0, PythonTokenKind.Name);
        for (var index = isSoftHeader ? 1 : 0; index < _statement.Tokens.Count; index++)
        {
            var token = _statement.Tokens[index];
            var depth = _statement.DepthAt(index);
            if (index < _targetsEnd && index > subscriptEnd && IsTrailer(index))
            {
                subscriptEnd = _statement.PartnerOf(index);
            }

            switch (token.Kind)
            {
                case PythonTokenKind.StringLiteral:
                    CollectFields(token);
                    break;
                case PythonTokenKind.Keyword when token.Is("for") && (depth > 0 || _statement.Keyword != "for"):
                    comprehensionUntilDepth = depth;
                    break;
                case PythonTokenKind.Keyword when token.Is("in") && depth == comprehensionUntilDepth:
                    comprehensionUntilDepth = -1;
                    break;
                case PythonTokenKind.Keyword when token.Is("lambda"):
                    lambdaUntilDepth = depth;
                    break;
                case PythonTokenKind.Operator when token.Is(":") && depth == lambdaUntilDepth:
                    lambdaUntilDepth = -1;
                    break;
                case PythonTokenKind.Name when !_statement.Is(index - 1, "."):
                    if (lambdaUntilDepth >= 0)
                    {
                        Add(index, StartsParameter(index) ? NameRole.LambdaParameter : NameRole.Load);
                    }
                    else if (comprehensionUntilDepth >= 0)
                    {
                        Add(index, NameRole.ComprehensionTarget);
                    }
                    else if (!IsKeywordArgument(index))
                    {
                        Add(index, RoleOf(index, isTarget: index < _targetsEnd && index > subscriptEnd));
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private NameRole RoleOf(int index, bool isTarget)
    {
        if (isTarget)
        {
            var isObject = _statement.Is(index + 1, ".") || _statement.Is(index + 1, "[") || _statement.Is(index + 1, "(");
            return isObject ? NameRole.Load : _targetRole;
        }

        if (_statement.Is(index + 1, ":="))
        {
            return NameRole.Assign;
        }

        var isParameter = index > _parametersOpen && index < _statement.PartnerOf(_parametersOpen)
            && _statement.DepthAt(index) == 1 && StartsParameter(index);
        if (isParameter)
        {
            return NameRole.Parameter;
        }

        return (_statement.Keyword, Previous: _statement.Tokens[Math.Max(0, index - 1)].Text) switch
        {
            (_, "def") => NameRole.Function,
            (_, "class") => NameRole.Class,
            ("with", "as") => NameRole.WithTarget,
            ("except", "as") => NameRole.ExceptTarget,
            _ => NameRole.Load,
        };
    }

    private bool IsTrailer(int index) =>
        BracketMap.IsOpener(_statement.Tokens[index])
        && index > 0
        && (_statement.Is(index - 1, PythonTokenKind.Name) || BracketMap.IsCloser(_statement.Tokens[index - 1]));

    private bool StartsParameter(int index) =>
        _statement.Tokens[index - 1].Text is "lambda" or "(" or "," or "*" or "**";

    private bool IsKeywordArgument(int index) =>
        _statement.Is(index + 1, "=")
        && _statement.DepthAt(index) > 0
        && !(_statement.Keyword == "def" && _statement.DepthAt(index) == 1);

    private void CollectFields(PythonToken literal)
    {
        PythonToken? before = null;
        foreach (var token in StringLiteral.Of(literal).FieldTokens())
        {
            if (token.Kind == PythonTokenKind.Name && before is not { Text: "." })
            {
                _references.Add(new NameReference(token.Text, literal, NameRole.Load, _statement));
            }
            else if (token.Kind == PythonTokenKind.StringLiteral)
            {
                CollectNestedFields(token, literal);
            }

            before = token;
        }
    }

    // Inside an f-string within a field every word counts as read: generous, and linear however deep they nest.
    private void CollectNestedFields(PythonToken nested, PythonToken literal)
    {
        if (!StringLiteral.Of(nested).IsFormatted)
        {
            return;
        }

        foreach (var word in AnyWord().EnumerateMatches(nested.Text))
        {
            var name = nested.Text.Substring(word.Index, word.Length);
            _references.Add(new NameReference(name, literal, NameRole.Load, _statement));
        }
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex AnyWord();

    private void Add(int index, NameRole role)
    {
        var token = _statement.Tokens[index];
        _references.Add(new NameReference(token.Text, token, role, _statement));
    }
}
