using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Functions that call themselves without end.</summary>
internal static class RecursionCauses
{
    public static CodeCause? Find(ErrorPlace place) => place.Program.Functions
        .Where(function => place.Statement is null || function.Statement == place.Statement.Function || function.Statement == place.Statement)
        .Concat(place.Program.Functions)
        .Select(function => Find(place.Program, function))
        .FirstOrDefault(cause => cause is not null);

    /// <summary>Why a function that calls itself never ends, where that can be seen.</summary>
    public static CodeCause? Find(PythonProgram program, PythonFunction function)
    {
        var calls = function.Statement.Descendants
            .SelectMany(statement => program.ContentOf(statement).All.OfType<CallExpression>()
                .Where(call => function.Class is null ? call.Calls(function.Name.Text) : call.Function.Text == $"self.{function.Name.Text}")
                .Select(call => (Statement: statement, Call: call)))
            .ToList();
        if (calls is not [var (statement, call), ..])
        {
            return SelfInProperty(program, function);
        }

        var name = function.Name.Text;
        var written = ValueTypes.Short(call.Text);
        var parameters = function.Parameters.Where(parameter => parameter.Name.Text is not "self").Select(parameter => parameter.Name.Text).ToList();
        var ends = function.Statement.Descendants.Where(s => s.Keyword is "return" or "raise" && program.ContentOf(s).All.OfType<CallExpression>().All(c => c.Name != name)).ToList();
        var isGuarded = statement.Parent != function.Statement || ends.Exists(end => end.Parent is { Keyword: "if" or "elif" or "else" });
        if (!isGuarded)
        {
            return new(statement.Line, written, $"`{name}` calls itself on line {statement.Line} every time: no line of it ends without another call.", "For which value should the function answer at once, without calling itself?", "recursion");
        }

        var unchanged = calls.Find(pair => pair.Call.Arguments.Count > 0
            && pair.Call.Arguments.Count == parameters.Count
            && pair.Call.Arguments.Select((argument, at) => argument.Value.IsName(parameters[at])).All(same => same)
            && !function.Statement.Descendants.Any(s => s.Start < pair.Statement.Start && program.ContentOf(s).Operator.Length > 0 && program.ContentOf(s).Targets.Any(target => parameters.Exists(target.IsName))));
        if (unchanged.Call is not null)
        {
            return new(unchanged.Statement.Line, ValueTypes.Short(unchanged.Call.Text), $"`{ValueTypes.Short(unchanged.Call.Text)}` on line {unchanged.Statement.Line} hands over the same value that came in, so every call is the same as the one before.", "What has to be smaller in the next call?", "recursion");
        }

        var growing = calls.Find(pair => pair.Call.Arguments.Any(argument => argument.Value is BinaryExpression { Operator: "+", Left: NameExpression left, Right: NumberExpression } && parameters.Contains(left.Name)));
        if (growing.Call is not null && ends.Exists(end => end.Parent is { } parent && program.ContentOf(parent).Value is ComparisonExpression { Operator: "==" or "<=" or "<", Right: NumberExpression }))
        {
            return new(growing.Statement.Line, ValueTypes.Short(growing.Call.Text), $"With `{ValueTypes.Short(growing.Call.Text)}` on line {growing.Statement.Line} the value grows with every call, away from the test that ends it.", "In which direction has the value to go to reach the end?", "recursion");
        }

        var test = ends.Select(end => end.Parent).OfType<PythonStatement>().FirstOrDefault(parent => parent.Keyword is "if" or "elif");
        return test is not null && program.ContentOf(test).Value is { } condition
            ? new(test.Line, ValueTypes.Short(condition.Text), $"`{name}` should end at `{ValueTypes.Short(condition.Text)}` (line {test.Line}), but with `{written}` on line {statement.Line} that never becomes true.", $"Write down the values of the first few calls. Do they hit the value in line {test.Line}, or pass it by?", "recursion")
            : new(statement.Line, written, $"`{name}` calls itself on line {statement.Line}, and it never comes to an end.", "For which value should the function answer at once, without calling itself?", "recursion");
    }

    private static CodeCause? SelfInProperty(PythonProgram program, PythonFunction function) =>
        function is { IsDecorated: true, Class: not null }
        && function.Statement.Descendants.FirstOrDefault(s => program.ContentOf(s).All.Any(e => e.Text == $"self.{function.Name.Text}")) is { } statement
            ? new(statement.Line, $"self.{function.Name.Text}", $"The property `{function.Name.Text}` uses `self.{function.Name.Text}` on line {statement.Line}, and so it asks itself again and again.", "Under which other name is the value kept?", "classes-and-objects")
            : null;
}
