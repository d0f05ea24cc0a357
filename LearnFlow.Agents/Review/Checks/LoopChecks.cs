using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Review.Checks;

/// <summary>Loops that can go wrong, and loops Python has a shorter form for.</summary>
internal static class LoopChecks
{
    private static readonly ReviewRule EndlessLoop = new(
        "LF001", "while True without a way out", ReviewSeverity.Correctness,
        "Nothing inside the loop can end it, so the program never gets past it. Give it a `break`, a `return` or a real condition.",
        "while True:\n    guess = input(\"Guess: \")", "while True:\n    guess = input(\"Guess: \")\n    if guess == \"stop\":\n        break");

    private static readonly ReviewRule ChangedWhileLooping = new(
        "LF005", "dictionary changed while looping over it", ReviewSeverity.Correctness,
        "Python stops with an error when keys come or go during the loop. Loop over a copy, such as `list(prices)`.",
        "prices = {\"tea\": 2, \"cake\": 0}\nfor name in prices.keys():\n    if not prices[name]:\n        del prices[name]",
        "prices = {\"tea\": 2, \"cake\": 0}\nfor name in list(prices):\n    if not prices[name]:\n        del prices[name]");

    private static readonly ReviewRule CounterChanged = new(
        "LF006", "loop variable changed inside the loop", ReviewSeverity.Correctness,
        "`for` takes the next value from `range` whatever you do to the variable. To jump ahead, use a `while` loop or a step in `range`.",
        "for turn in range(10):\n    print(turn)\n    turn += 2",
        "for turn in range(0, 10, 3):\n    print(turn)");

    private static readonly ReviewRule PastTheEnd = new(
        "LF007", "one step past the end", ReviewSeverity.Correctness,
        "Positions begin at 0, so the last one is one less than the length. The step after it stops the program with an IndexError.",
        "names = [\"Ada\", \"Alan\"]\ni = 0\nwhile i <= len(names):\n    print(names[i])\n    i += 1",
        "names = [\"Ada\", \"Alan\"]\nfor name in names:\n    print(name)");

    private static readonly ReviewRule RangeLen = new(
        "C0200", "range(len(...)) to loop over items", ReviewSeverity.Idiom,
        "Python can hand you each item directly, and `enumerate` gives the position as well. Fewer square brackets mean fewer chances to be off by one.",
        "names = [\"Ada\", \"Alan\"]\nfor i in range(len(names)):\n    print(i, names[i])",
        "names = [\"Ada\", \"Alan\"]\nfor i, name in enumerate(names):\n    print(i, name)");

    private static readonly ReviewRule TextBuiltInLoop = new(
        "R1713", "text put together piece by piece in a loop", ReviewSeverity.Idiom,
        "Each `+=` makes the whole text anew. Collect the pieces in a list and put them together once with `join`.",
        "words = [\"tea\", \"milk\"]\nline = \"\"\nfor word in words:\n    line += word",
        "words = [\"tea\", \"milk\"]\nline = \"\".join(words)");

    private static readonly ReviewRule SumByHand = new(
        "LF008", "sum done by hand", ReviewSeverity.Idiom,
        "`sum` adds up all items in one word, so you can forget neither the zero nor the `+`.",
        "prices = [2, 3]\ntotal = 0\nfor price in prices:\n    total += price",
        "prices = [2, 3]\ntotal = sum(prices)");

    public static IReadOnlyList<ReviewRule> Rules { get; } =
        [EndlessLoop, ChangedWhileLooping, CounterChanged, PastTheEnd, RangeLen, TextBuiltInLoop, SumByHand];

    public static IEnumerable<ReviewFinding> Run(PythonProgram program)
    {
        var exitsAnywhere = program.Statements.Any(CallsExit);
        foreach (var statement in program.Statements)
        {
            ReviewFinding?[] findings = statement.Keyword switch
            {
                "while" => [exitsAnywhere ? null : FindEndlessLoop(statement), FindPastTheEnd(statement)],
                "for" =>
                [
                    FindChangeWhileLooping(program, statement),
                    FindCounterChanged(statement),
                    FindPastTheEnd(statement),
                    FindRangeLen(program, statement),
                    FindGathering(program, statement),
                ],
                _ => [],
            };
            foreach (var finding in findings.Append(FindLastPlusOne(statement)).OfType<ReviewFinding>())
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
        var isView = loop.Matches(iterable, PythonStatement.AnyName, ".")
            && loop.Tokens[iterable + 2].Text is "items" or "keys" or "values"
            && loop.Matches(iterable + 3, "(", ")", ":");
        if (!isView)
        {
            return null;
        }

        // A name given a new value is another collection.
        var collection = loop.Tokens[iterable].Text;
        var isReplaced = program.PlacesOf(collection, loop.HeaderEnd, loop.End).Any(static p => p.IsBinding);
        if (isReplaced)
        {
            return null;
        }

        foreach (var statement in loop.Descendants)
        {
            var isRemoval = statement.Matches(0, "del", collection, "[");
            var isCall = statement.Matches(0, collection, ".") && statement.Is(3, "(")
                && statement.Tokens[2].Text is "pop" or "popitem" or "clear";
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

    private static ReviewFinding? FindCounterChanged(PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        if (!loop.Matches(0, "for", Any, "in", "range", "("))
        {
            return null;
        }

        var counter = loop.Tokens[1].Text;
        var change = loop.Descendants.FirstOrDefault(statement =>
            (statement.Matches(0, counter, "+=") || statement.Matches(0, counter, "-=")
                || statement.Matches(0, counter, "=", counter, "+") || statement.Matches(0, counter, "=", counter, "-"))
            && LoopAround(statement) == loop);
        // What reads it afterwards may well want the other value: then it is a variable like any other.
        var isRead = change is not null && ReadsAfter(change, counter, loop);
        return change is not null && !isRead
            ? CounterChanged.At(change.Line, $"Line {change.Line} changes `{counter}`, but the loop on line {loop.Line} sets it again at once.")
            : null;
    }

    private static PythonStatement? LoopAround(PythonStatement statement)
    {
        var outer = statement.Parent;
        while (outer is { Keyword: not ("for" or "while" or "def" or "class") })
        {
            outer = outer.Parent;
        }

        return outer;
    }

    private static bool ReadsAfter(PythonStatement change, string name, PythonStatement loop) => loop.Descendants
        .Where(statement => statement.Start > change.Start)
        .Any(statement => statement.Tokens.Any(token => token.Kind == PythonTokenKind.Name && token.Is(name)));

    // `range(len(x) + 1)`, `range(0, len(x) + 1)` or `while i <= len(x)`, with `x[i]` in the loop.
    private static ReviewFinding? FindPastTheEnd(PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        var (name, list) = loop switch
        {
            _ when loop.IsExactly("for", Any, "in", "range", "(", "len", "(", Any, ")", "+", "1", ")", ":") =>
                (loop.Tokens[1].Text, loop.Tokens[7].Text),
            _ when loop.Tokens.Count == 15 && loop.Tokens[5].Text is "0" or "1" && loop.Matches(0, "for", Any, "in", "range", "(")
                && loop.Matches(6, ",", "len", "(", Any, ")", "+", "1", ")", ":") => (loop.Tokens[1].Text, loop.Tokens[9].Text),
            _ when loop.IsExactly("while", Any, "<=", "len", "(", Any, ")", ":") => (loop.Tokens[1].Text, loop.Tokens[5].Text),
            _ => ("", ""),
        };
        if (name.Length == 0)
        {
            return null;
        }

        // Only where nothing comes between the two: a changed position, a check, or an `except` that waits for the error.
        var body = loop.Body.TakeWhile(statement => statement.Keyword is not ("if" or "try" or "while" or "for") && !statement.Matches(0, name)).ToList();
        var use = body.FirstOrDefault(statement => Enumerable.Range(0, statement.Tokens.Count)
            .Any(index => statement.Matches(index, list, "[", name, "]") && !statement.Is(index - 1, ".")));
        return use is not null
            ? PastTheEnd.At(use.Line, $"On line {use.Line}, `{name}` gets as far as `len({list})`, one more than the last position of `{list}`.")
            : null;
    }

    private static ReviewFinding? FindLastPlusOne(PythonStatement statement)
    {
        const string Any = PythonStatement.AnyName;
        for (var index = 0; index < statement.Tokens.Count; index++)
        {
            if (statement.Matches(index, Any, "[", "len", "(", Any, ")", "]")
                && statement.Is(index, statement.Tokens[index + 4].Text) && !statement.Is(index - 1, ".")
                // A dictionary may well get its next key like that.
                && !statement.Is(index + 7, "="))
            {
                var list = statement.Tokens[index].Text;
                return PastTheEnd.At(
                    statement.Tokens[index].Line, $"`{list}[len({list})]` is one step past the end; the last item is `{list}[-1]`.");
            }
        }

        return null;
    }

    // A loop that does nothing but add each item to what is empty or zero before it.
    private static ReviewFinding? FindGathering(PythonProgram program, PythonStatement loop)
    {
        const string Any = PythonStatement.AnyName;
        if (loop.Body is not [var only] || !only.IsExactly(Any, "+=", Any) || !loop.Matches(0, "for", Any, "in")
            || !only.Is(2, loop.Tokens[1].Text) || loop.Previous is not { Tokens.Count: 3 } before
            || !before.Matches(0, only.Tokens[0].Text, "=") || loop.Next is { Keyword: "else" } || loop.Is(3, "range"))
        {
            return null;
        }

        var name = only.Tokens[0].Text;
        return before.Tokens[2] switch
        {
            { Kind: PythonTokenKind.Number, Text: "0" } when program.PlacesOf("sum").All(static p => !p.IsBinding) =>
                SumByHand.At(loop.Line, $"The loop on line {loop.Line} only adds everything up in `{name}`."),
            { Kind: PythonTokenKind.StringLiteral } start when StringLiteral.Of(start).Content.Length == 0 =>
                TextBuiltInLoop.At(loop.Line, $"The loop on line {loop.Line} only puts the text `{name}` together."),
            _ => null,
        };
    }

    [Flags]
    private enum IndexUse
    {
        None = 0,
        ReadsItem = 1,
        NeedsPosition = 2,
    }
}
