using System.Text.RegularExpressions;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Names that Python does not know where they are used.</summary>
internal static partial class NameCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        if (QuotedName().Match(place.Message) is not { Success: true } match)
        {
            return null;
        }

        var name = match.Groups["name"].Value;
        var reads = place.Program.PlacesOf(name).Where(reference => !reference.IsBinding).ToList();
        var read = reads.Find(reference => reference.Statement == place.Statement) ?? reads.FirstOrDefault();
        if (read is null)
        {
            return null;
        }

        return Border(place, read) ?? Boundaries(place.Program, read) ?? OfUnknown(place.Program, read);
    }

    /// <summary>Why a name means nothing to Python that no line gives a value.</summary>
    public static CodeCause OfUnknown(PythonProgram program, NameReference read) =>
        OtherLanguage(read) ?? Missing(program, read) ?? Misspelled(program, read) ?? WithoutQuotes(program, read);

    // Every branch gives the name a value, but the value that the program calls it with lies on a border that no branch has.
    private static CodeCause? Border(ErrorPlace place, NameReference read)
    {
        var values = place.Error.Frames
            .Where(frame => frame.Source is not null && frame != place.Error.Place)
            .SelectMany(frame => PythonTokenizer.Tokenize(frame.Source!).Where(token => token.Kind == PythonTokenKind.Number).Select(token => token.Text))
            .ToHashSet();
        return place.Program.PlacesOf(read.Name)
            .Where(binding => binding.IsBinding && binding.Statement.Parent is { Keyword: "if" or "elif" } && binding.Statement.Function == read.Statement.Function)
            .Select(binding => binding.Statement.Parent!)
            .SelectMany(branch => place.Program.ContentOf(branch).All.OfType<ComparisonExpression>().Select(asked => (Branch: branch, Asked: asked)))
            .Where(pair => pair.Asked is { Operator: ">" or "<", Right: NumberExpression border } && values.Contains(border.Value))
            .Select(pair => new CodeCause(
                pair.Branch.Line, ValueTypes.Short(pair.Asked.Text),
                $"With {pair.Asked.Right.Text}, `{ValueTypes.Short(pair.Asked.Text)}` on line {pair.Branch.Line} is false, and no other branch takes it. So `{read.Name}` gets no value, and line {read.Line} cannot use it.",
                "Which branch should take the border itself?", "comparisons-and-booleans"))
            .FirstOrDefault();
    }

    // The name exists, but not here or not yet.
    private static CodeCause? Boundaries(PythonProgram program, NameReference read)
    {
        var name = read.Name;
        var function = read.Statement.Function;
        var bindings = program.PlacesOf(name).Where(place => place.IsBinding).ToList();
        if (bindings.Count == 0)
        {
            return program.Statements.FirstOrDefault(s => s.Keyword != "def" && s.Matches(0, name, "=+") || s.Matches(0, name) && s.Tokens.Count > 1 && s.Tokens[1].Text is "+=" or "-=" or "*=") is { } counting && counting == read.Statement
                ? new(read.Line, name, $"Line {read.Line} changes `{name}`, but `{name}` has no value before that.", $"Which value should `{name}` start with? Give it that value before line {read.Line}.", "variables")
                : null;
        }

        // `n += 1` makes a local name as well.
        var changed = program.Statements.FirstOrDefault(statement =>
            statement.Function == function && program.ContentOf(statement) is { IsAugmented: true, AssignedName: { } changes } && changes == name);
        if (function is not null && changed is not null && bindings.TrueForAll(place => ValueTypes.ScopeOf(place) is null))
        {
            var home = PythonFunction.Of(function).Name.Text;
            return new(read.Line, name, $"Because the function `{home}` changes `{name}` (line {changed.Line}), `{name}` is a local name of `{home}`: it is not the `{name}` of line {bindings[0].Line}, and it has no value yet.", $"Should `{home}` get the value as a parameter and return the new one?", "scope");
        }

        var own = bindings.Where(place => ValueTypes.ScopeOf(place) == function).ToList();
        if (own.Count == 0)
        {
            var (outer, global) = (bindings[0], bindings.Find(place => ValueTypes.ScopeOf(place) is null));
            if (global is not null)
            {
                return global.Line > read.Line
                    ? new(read.Line, name, $"`{name}` gets its value on line {global.Line}, but the call that needs it runs before that line.", "Python runs lines from top to bottom. What has to be there before the call?", "variables")
                    : null;
            }

            var inner = ValueTypes.ScopeOf(outer);
            var homeName = inner is null ? "" : PythonFunction.Of(inner).Name.Text;
            return outer.Role is NameRole.ComprehensionTarget or NameRole.LambdaParameter
                ? new(read.Line, name, $"`{name}` exists only inside the expression on line {outer.Line} that makes it.", "What do you want to use after that expression is done?", "scope")
                : new(read.Line, name, $"`{name}` gets its value inside the function `{homeName}` (line {outer.Line}). Outside that function it does not exist, so line {read.Line} cannot see it.", $"How can `{homeName}` hand the value over to the code that called it?", "scope");
        }

        var before = own.FindAll(place => place.Token.Start < read.Token.Start && place.Statement != read.Statement);
        var first = own[0];
        var outside = bindings.Find(place => ValueTypes.ScopeOf(place) is null);
        if (function is not null && before.Count == 0 && outside is not null)
        {
            var home = PythonFunction.Of(function).Name.Text;
            return new(read.Line, name, $"Because the function `{home}` gives `{name}` a value (line {first.Line}), `{name}` is a local name of `{home}`: it is not the `{name}` of line {outside.Line}, and it has no value yet when line {read.Line} reads it.", $"Should `{home}` get the value as a parameter and return the new one?", "scope");
        }

        if (before.Count == 0)
        {
            return new(read.Line, name, first.Line == read.Line
                ? $"Line {read.Line} uses `{name}` to work out the value of `{name}`, but it has no value before that."
                : $"`{name}` is used on line {read.Line}, but it gets its value only later, on line {first.Line}.", $"Which value should `{name}` have when line {read.Line} runs for the first time?", "variables");
        }

        // The outermost is the one that is missing when nothing of it ran.
        var only = before.MinBy(place => place.Statement.Tokens[0].Column)!;
        var block = only.Statement.Parent;
        return block is null || block == function
            ? null
            : new(read.Line, name, $"`{name}` gets its value only inside the `{block.Keyword}` block of line {block.Line} (line {only.Line}). When that block does not run, `{name}` has no value on line {read.Line}.{(block.Keyword is "for" or "while" || SlipSearch.LoopOf(only.Statement) is not { } loop ? "" : $" Nor has it one when the loop of line {loop.Line} has nothing to do.")}", "What should the value be when the block does not run?", "variables");
    }

    private static CodeCause? OtherLanguage(NameReference read) => read.Name switch
    {
        "true" or "false" => new(read.Line, read.Name, $"`{read.Name}` on line {read.Line} is not Python's word: Python writes it with a capital letter.", "Look at the first letter.", "comparisons-and-booleans"),
        "null" or "nil" or "none" or "NULL" => new(read.Line, read.Name, $"Python does not know `{read.Name}` (line {read.Line}). Its word for \"no value\" is `None`.", "Compare the spelling with `None`.", "none-value"),
        "raw_input" => new(read.Line, read.Name, $"`raw_input` on line {read.Line} is from Python 2. In Python 3 it is called `input`.", "Use the name of Python 3.", "input-and-output"),
        "xrange" => new(read.Line, read.Name, $"`xrange` on line {read.Line} is from Python 2. In Python 3 it is called `range`.", "Use the name of Python 3.", "range"),
        _ => null,
    };

    private static CodeCause? Missing(PythonProgram program, NameReference read)
    {
        var name = read.Name;
        if (name == "self" && read.Statement.Function is { } method)
        {
            return new(method.Line, "self", $"Line {read.Line} uses `self`, but the `def` on line {method.Line} has no parameter `self`.", "What is the first parameter of every method?", "init-and-self");
        }

        var tokens = read.Statement.Tokens;
        var index = Enumerable.Range(0, tokens.Count).FirstOrDefault(at => tokens[at].Start == read.Token.Start);
        if (PythonBuiltIns.Modules.Contains(name) && (read.Statement.Is(index + 1, ".") || read.Token.Kind == PythonTokenKind.StringLiteral))
        {
            return new(read.Line, name, $"`{name}` is a module, and no line imports it.", $"What has to stand at the top of a program that uses the module `{name}`?", "modules-and-imports");
        }

        if (PythonBuiltIns.HomeOf.TryGetValue(name, out var home))
        {
            return program.Imports(home)
                ? new(read.Line, name, $"`{name}` belongs to the module `{home}`. With `import {home}` it is reached through the module's name.", $"How do you write a name that lives in `{home}`?", "modules-and-imports")
                : new(read.Line, name, $"`{name}` on line {read.Line} comes from the module `{home}`, and no line imports it.", $"What has to stand at the top of a program that uses `{home}`?", "modules-and-imports");
        }

        var isMethod = program.Functions.FirstOrDefault(f => f.Class is not null && f.Name.Text == name);
        return isMethod is not null
            ? new(read.Line, name, $"`{name}` is a method of the class `{PythonFunctionOwner(isMethod)}` (line {isMethod.Line}), so it cannot be called by its name alone.", "Which object should do it? Inside the class, that object is `self`.", "classes-and-objects")
            : null;
    }

    private static string PythonFunctionOwner(PythonFunction method) => method.Class is { Tokens: [_, var name, ..] } ? name.Text : "";

    private static CodeCause? Misspelled(PythonProgram program, NameReference read)
    {
        var known = program.References
            .Where(place => place.IsBinding && (ValueTypes.ScopeOf(place) is null || ValueTypes.ScopeOf(place) == read.Statement.Function))
            .Select(place => place.Name)
            .Distinct();
        if (Spelling.Closest(read.Name, known) is { } own)
        {
            var line = program.PlacesOf(own).First(place => place.IsBinding).Line;
            return new(read.Line, read.Name, $"No line gives `{read.Name}` a value. Did you mean `{own}` from line {line}?", "Compare the two names letter by letter, capitals too.", "variables");
        }

        return Spelling.Closest(read.Name, PythonBuiltIns.Functions.Keys.Concat(PythonBuiltIns.Exceptions).Concat(["True", "False", "None"])) is { } builtIn
            ? new(read.Line, read.Name, $"Python does not know `{read.Name}` (line {read.Line}). Did you mean `{builtIn}`?", "Compare the two names letter by letter, capitals too.")
            : null;
    }

    private static CodeCause WithoutQuotes(PythonProgram program, NameReference read)
    {
        var isCalled = program.ContentOf(read.Statement).All.OfType<CallExpression>().Any(call => call.Calls(read.Name));
        return isCalled
            ? new(read.Line, read.Name, $"Line {read.Line} calls `{read.Name}`, but no line of this code defines a function of that name.", $"Where is `{read.Name}` defined, and does that line run before line {read.Line}?", "functions")
            : new(read.Line, read.Name, $"Line {read.Line} uses `{read.Name}`, but no line of this code gives it a value.", $"Is `{read.Name}` meant to be a name, or a text? A text stands in quotes.", "variables");
    }

    [GeneratedRegex(@"(?:name|variable) '(?<name>\w+)'")]
    private static partial Regex QuotedName();
}
