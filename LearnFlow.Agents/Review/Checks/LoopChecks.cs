using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Loops that can go wrong, and loops Python has a shorter form for.</summary>
internal static class LoopChecks
{
    private const int LongestComprehension = 88;

    private static readonly ReviewRule EndlessLoop = new(
        "LF001", "while True without a way out", ReviewSeverity.Correctness,
        "Nothing inside the loop can end it, so the program never gets past it. Give it a `break`, a `return` or a real condition.",
        "while True:\n    guess = input(\"Guess: \")", "while True:\n    guess = input(\"Guess: \")\n    if guess == \"stop\":\n        break");

    private static readonly ReviewRule ChangedWhileLooping = new(
        "B909", "collection changed while looping over it", ReviewSeverity.Correctness,
        "When items come or go during the loop, Python loses its place: it skips items, never ends, or stops with an error. Loop over a copy or build a new list.",
        "for mail in inbox:\n    if mail.is_spam:\n        inbox.remove(mail)", "inbox = [mail for mail in inbox if not mail.is_spam]");

    private static readonly ReviewRule LateBinding = new(
        "B023", "lambda keeps the loop variable, not its value", ReviewSeverity.Correctness,
        "A lambda looks the variable up when it is called, and by then the loop is over. All of them see the last value.",
        "actions.append(lambda: open_page(page))", "actions.append(lambda page=page: open_page(page))");

    private static readonly ReviewRule RangeLen = new(
        "C0200", "range(len(...)) to loop over items", ReviewSeverity.Idiom,
        "Python can hand you each item directly, and `enumerate` gives the position as well. Fewer square brackets mean fewer chances to be off by one.",
        "for i in range(len(names)):\n    print(i, names[i])", "for i, name in enumerate(names):\n    print(i, name)");

    private static readonly ReviewRule ManualCounter = new(
        "SIM113", "counter kept by hand", ReviewSeverity.Idiom,
        "`enumerate` counts for you, so you cannot forget to add one.",
        "n = 0\nfor guest in guests:\n    print(n, guest)\n    n += 1", "for n, guest in enumerate(guests):\n    print(n, guest)");

    private static readonly ReviewRule AppendLoop = new(
        "PERF401", "list built with append in a loop", ReviewSeverity.Idiom,
        "A list comprehension says in one line what the list holds. It is short, and it is what Python readers expect.",
        "squares = []\nfor n in numbers:\n    squares.append(n * n)", "squares = [n * n for n in numbers]");

    private static readonly ReviewRule KeysCall = new(
        "SIM118", "in with keys()", ReviewSeverity.Idiom,
        "A dictionary already gives its keys when you loop over it or use `in`. The call to `keys()` adds nothing.",
        "for country in capitals.keys():", "for country in capitals:");

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        var exitsAnywhere = program.Statements.Any(CallsExit);
        foreach (var statement in program.Statements)
        {
            ReviewFinding?[] findings = statement.Keyword switch
            {
                "while" when !exitsAnywhere => [FindEndlessLoop(statement)],
                "for" =>
                [
                    FindChangeWhileLooping(program, statement),
                    FindRangeLen(program, statement),
                    FindManualCounter(program, statement),
                    FindAppendLoop(program, statement),
                ],
                _ => [],
            };
            foreach (var finding in findings.Concat(FindLateBinding(program, statement)).Append(FindKeysCall(statement)).OfType<ReviewFinding>())
            {
                yield return finding;
            }
        }
    }

    private static bool CallsExit(PythonStatement statement) =>
        Enumerable.Range(0, statement.Tokens.Count).Any(index =>
            statement.Tokens[index].Text is "exit" or "quit" or "_exit" && statement.Is(index + 1, "("));

    private static ReviewFinding? FindEndlessLoop(PythonStatement loop)
    {
        var isEndless = loop.IsExactly("while", "True", ":") || loop.IsExactly("while", "1", ":");
        // A loop inside `try` may be ended by an exception, and one that sleeps is meant to run for ever.
        var isMeant = loop.Parent?.Keyword == "try" || loop.Descendants.Any(MayLeave);
        return isEndless && !isMeant && !HasOwnBreak(loop)
            ? EndlessLoop.At(loop.Line, $"The `while` loop on line {loop.Line} has no `break` or `return`.")
            : null;
    }

    private static bool MayLeave(PythonStatement statement) =>
        statement.Keyword is "return" or "raise" or "try"
        || statement.Tokens.Any(static t => t.Text is "yield" or "await" or "sleep" or "mainloop" or "next");

    private static bool HasOwnBreak(PythonStatement loop)
    {
        var waiting = new Stack<PythonStatement>(loop.Body);
        while (waiting.TryPop(out var statement))
        {
            if (statement.Keyword == "break")
            {
                return true;
            }

            if (statement.Keyword is not ("for" or "while" or "def" or "class"))
            {
                foreach (var inner in statement.Body)
                {
                    waiting.Push(inner);
                }
            }
        }

        return false;
    }

    private static ReviewFinding? FindChangeWhileLooping(PythonProgram program, PythonStatement loop)
    {
        var iterable = loop.IndexOfTopLevel("in") + 1;
        var isPlain = loop.Matches(iterable, PythonStatement.AnyName, ":");
        var isView = loop.Matches(iterable, PythonStatement.AnyName, ".")
            && loop.Tokens[iterable + 2].Text is "items" or "keys" or "values"
            && loop.Matches(iterable + 3, "(", ")", ":");
        if (!isPlain && !isView)
        {
            return null;
        }

        // A class may well define what `for item in self` means, and a name given a new value is another collection.
        var collection = loop.Tokens[iterable].Text;
        var isReplaced = program.PlacesOf(collection, loop.HeaderEnd, loop.End).Any(static p => p.IsBinding);
        if (isReplaced || collection == "self")
        {
            return null;
        }

        foreach (var statement in loop.Descendants)
        {
            var isRemoval = statement.Matches(0, "del", collection, "[");
            var isCall = statement.Matches(0, collection, ".") && statement.Is(3, "(")
                && statement.Tokens[2].Text is "append" or "insert" or "extend" or "remove" or "pop" or "clear" or "add" or "discard";
            if ((isRemoval || isCall) && !LeavesLoopAfter(statement, loop))
            {
                return ChangedWhileLooping.At(
                    statement.Line, $"Line {statement.Line} changes `{collection}` while the loop on line {loop.Line} goes over it.");
            }
        }

        return null;
    }

    private static bool LeavesLoopAfter(PythonStatement change, PythonStatement loop)
    {
        for (var statement = change; statement is not null && statement != loop; statement = statement.Parent)
        {
            for (var following = statement.Next; following is not null; following = following.Next)
            {
                if (following.Keyword is "break" or "return" or "raise")
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReviewFinding? FindRangeLen(PythonProgram program, PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        if (!loop.IsExactly("for", Any, "in", "range", "(", "len", "(", Any, ")", ")", ":"))
        {
            return null;
        }

        var (index, list) = (loop.Tokens[1].Text, loop.Tokens[7].Text);
        var uses = loop.Descendants.Select(s => ReadUses(s, index, list)).Aggregate(IndexUse.None, static (all, use) => all | use);
        var changesList = program.PlacesOf(list, loop.HeaderEnd, loop.End).Any(static p => p.IsBinding);
        return uses.HasFlag(IndexUse.ReadsItem) && !uses.HasFlag(IndexUse.NeedsPosition) && !changesList
            ? RangeLen.At(loop.Line, $"The loop on line {loop.Line} counts with `{index}` only to get the items of `{list}`.")
            : null;
    }

    // `other[i]` is for zip, `items[i + 1]` looks at neighbours, `items[i] = …` changes the list: they need the position.
    private static IndexUse ReadUses(PythonStatement statement, string name, string list)
    {
        var use = IndexUse.None;
        var subscriptEnd = -1;
        for (var at = 0; at < statement.Tokens.Count; at++)
        {
            if (statement.Matches(at, list, "[", name, "]") && !statement.Is(at - 1, "."))
            {
                var isTarget = statement.Keyword == "del" || IsAssignment(statement, at + 4);
                use |= isTarget ? IndexUse.NeedsPosition : IndexUse.ReadsItem;
                at += 3;
            }
            else if (statement.Is(at, "[") && at > 0 && at > subscriptEnd && statement.Tokens[at - 1].Kind != PythonTokenKind.Operator)
            {
                subscriptEnd = statement.PartnerOf(at);
            }
            else if (at < subscriptEnd && statement.Is(at, name))
            {
                use |= IndexUse.NeedsPosition;
            }
        }

        return use;
    }

    // Also `items[i][j] = …`, `items[i].x += …` and `items[i], items[j] = …`: any assignment right of the item counts.
    private static bool IsAssignment(PythonStatement statement, int from)
    {
        for (var index = from; index < statement.Tokens.Count; index++)
        {
            var token = statement.Tokens[index];
            var assigns = token.Kind == PythonTokenKind.Operator && token.Text[^1] == '='
                && token.Text is not ("==" or "!=" or "<=" or ">=");
            if (assigns && statement.DepthAt(index) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static ReviewFinding? FindManualCounter(PythonProgram program, PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        var last = loop.Body[^1];
        if (!last.IsExactly(Any, "+=", "1") || loop.Previous is not { } before || !before.IsExactly(last.Tokens[0].Text, "=", "0"))
        {
            return null;
        }

        var counter = last.Tokens[0].Text;
        var places = program.PlacesOf(counter, loop.HeaderEnd, loop.End).ToList();
        var isOnlyCounted = places.All(static p => !p.IsBinding)
            && loop.Descendants.Count(s => s.Matches(0, counter) && s.Tokens.Count > 1 && s.Tokens[1].Text is "+=" or "-=" or "*=") == 1;
        var isUsedInside = places.Count > 1;
        var isUsedAfter = program.PlacesOf(counter, loop.End, int.MaxValue).Any();
        var skipsCounting = loop.Descendants.Any(static s => s.Keyword is "continue");
        return isOnlyCounted && isUsedInside && !isUsedAfter && !skipsCounting
            ? ManualCounter.At(loop.Line, $"The loop on line {loop.Line} counts in `{counter}` by hand.")
            : null;
    }

    private static ReviewFinding? FindAppendLoop(PythonProgram program, PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        var isEmptyList = loop.Previous is { } before
            && (before.IsExactly(Any, "=", "[", "]") || before.IsExactly(Any, "=", "list", "(", ")"));
        if (!isEmptyList || loop.Body.Count != 1 || loop.Next is { Keyword: "else" } || loop.Is(0, "async"))
        {
            return null;
        }

        var list = loop.Previous!.Tokens[0].Text;
        var inner = loop.Body[0];
        var condition = inner.Keyword == "if" && inner.Body.Count == 1 ? inner : null;
        var append = condition is null ? inner : inner.Body[0];
        var isAppend = append.Matches(0, list, ".", "append", "(") && append.PartnerOf(3) == append.Tokens.Count - 1;
        if (!isAppend || append.Tokens.Count < 6)
        {
            return null;
        }

        var length = append.HeaderEnd - append.Start + loop.HeaderEnd - loop.Start + (condition is null ? 0 : condition.HeaderEnd - condition.Start);
        var hasEffect = loop.Descendants.Any(static s => s.Tokens.Any(static t => t.Text is "input" or "print" or "yield" or "await" or ":="));
        var readsItself = program.PlacesOf(list, loop.Start, loop.End).Count() > 1;
        return length <= LongestComprehension && !hasEffect && !readsItself
            ? AppendLoop.At(loop.Line, $"The loop on line {loop.Line} only fills the list `{list}`.")
            : null;
    }

    // Only lambdas that are kept for later are told: those handed to `sorted` and the like run at once.
    private static IEnumerable<ReviewFinding> FindLateBinding(PythonProgram program, PythonStatement statement)
    {
        for (var index = 1; index < statement.Tokens.Count; index++)
        {
            if (!statement.Is(index, "lambda"))
            {
                continue;
            }

            var isKept = statement.Matches(index - 2, "command", "=")
                || statement.Matches(index - 2, "append", "(")
                || (statement.Is(index - 1, "=") && statement.DepthAt(index) == 0 && statement.Is(index - 2, "]"));
            var end = EndOfLambda(statement, index);
            var variable = isKept ? LoopVariableReadIn(program, statement, index, end) : ComprehensionVariableReadIn(program, statement, index, end);
            if (variable is not null)
            {
                var line = statement.Tokens[index].Line;
                yield return LateBinding.At(line, $"The lambda on line {line} uses the loop variable `{variable}` after the loop has moved on.");
            }

            index = end - 1;
        }
    }

    // The body ends at a comma, at the `for` of a comprehension, or at the bracket around the lambda.
    private static int EndOfLambda(PythonStatement statement, int lambda)
    {
        var depth = statement.DepthAt(lambda);
        var isInBody = false;
        for (var index = lambda + 1; index < statement.Tokens.Count; index++)
        {
            if (statement.DepthAt(index) > depth)
            {
                continue;
            }

            var endsBody = statement.DepthAt(index) < depth || statement.Is(index, "for") || (isInBody && statement.Is(index, ","));
            if (endsBody)
            {
                return index;
            }

            isInBody |= statement.Is(index, ":");
        }

        return statement.Tokens.Count;
    }

    private static string? LoopVariableReadIn(PythonProgram program, PythonStatement statement, int from, int to)
    {
        for (var loop = statement.Parent; loop is { Keyword: not ("def" or "class") }; loop = loop.Parent)
        {
            if (loop.Keyword != "for")
            {
                continue;
            }

            for (var index = 1; !loop.Is(index, "in"); index++)
            {
                if (loop.Is(index, PythonTokenKind.Name) && ReadsFreely(program, loop.Tokens[index].Text, statement, from, to))
                {
                    return loop.Tokens[index].Text;
                }
            }
        }

        return null;
    }

    private static string? ComprehensionVariableReadIn(PythonProgram program, PythonStatement statement, int from, int to)
    {
        var isElement = statement.Is(from - 1, "[") && statement.Is(to, "for") && statement.DepthAt(to) == statement.DepthAt(from);
        if (!isElement)
        {
            return null;
        }

        for (var index = to + 1; index < statement.Tokens.Count && !statement.Is(index, "in"); index++)
        {
            if (statement.Is(index, PythonTokenKind.Name) && ReadsFreely(program, statement.Tokens[index].Text, statement, from, to))
            {
                return statement.Tokens[index].Text;
            }
        }

        return null;
    }

    // `lambda page=page: …` and `lambda link=page.link: …` read the variable at once, before the colon; that is safe.
    private static bool ReadsFreely(PythonProgram program, string name, PythonStatement statement, int from, int to)
    {
        var depth = statement.DepthAt(from);
        var colon = from;
        while (colon < to - 1 && !(statement.DepthAt(colon) == depth && statement.Is(colon, ":")))
        {
            colon++;
        }

        var isParameter = program.PlacesOf(name, statement.Tokens[from].Start, statement.Tokens[colon].Start)
            .Any(static p => p.Role == NameRole.LambdaParameter);
        return !isParameter && program.IsRead(name, statement.Tokens[colon].Start, statement.Tokens[to - 1].End);
    }

    private static ReviewFinding? FindKeysCall(PythonStatement statement)
    {
        for (var index = 1; index < statement.Tokens.Count; index++)
        {
            var isKeys = statement.Is(index, "in") && statement.Matches(index + 1, PythonStatement.AnyName, ".", "keys", "(", ")");
            var following = index + 6 < statement.Tokens.Count ? statement.Tokens[index + 6].Text : string.Empty;
            if (isKeys && following is not ("-" or "&" or "|" or "^" or "."))
            {
                var line = statement.Tokens[index].Line;
                return KeysCall.At(line, $"Line {line} calls `{statement.Tokens[index + 1].Text}.keys()` where `{statement.Tokens[index + 1].Text}` alone is enough.");
            }
        }

        return null;
    }

    [Flags]
    private enum IndexUse
    {
        None = 0,
        ReadsItem = 1,
        NeedsPosition = 2,
    }
}
