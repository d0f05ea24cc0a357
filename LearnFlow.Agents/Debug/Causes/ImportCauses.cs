using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Modules, and names in modules, that are not there.</summary>
internal static partial class ImportCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        if (Module().Match(place.Message) is { Success: true } module)
        {
            var name = module.Groups["name"].Value.Split('.')[0];
            return LineWith(place, name) is { } line && Spelling.Closest(name, PythonBuiltIns.Modules) is { } meant
                ? new(line, name, $"There is no module `{name}` (line {line}). Did you mean `{meant}`?", "Compare the two names letter by letter; the names of modules are written small.", "modules-and-imports")
                : null;
        }

        if (Name().Match(place.Message) is { Success: true } imported)
        {
            var (name, from) = (imported.Groups["name"].Value, imported.Groups["module"].Value);
            var meant = Spelling.Closest(name, PythonBuiltIns.HomeOf.Where(pair => pair.Value == from).Select(pair => pair.Key));
            return LineWith(place, name) is { } line
                ? new(line, name, meant is null ? $"The module `{from}` has no `{name}` (line {line})." : $"The module `{from}` has no `{name}` (line {line}). Did you mean `{meant}`?", $"Is there a file of your own called `{from}.py`? If not, look up how it is spelled.", "modules-and-imports")
                : null;
        }

        return null;
    }

    private static int? LineWith(ErrorPlace place, string name) =>
        place.Suspects.FirstOrDefault(statement => statement.Keyword is "import" or "from" && statement.Tokens.Any(token => token.Is(name)))?.Line;

    [GeneratedRegex(@"^No module named '?(?<name>[\w.]+)")]
    private static partial Regex Module();

    [GeneratedRegex(@"^cannot import name '?(?<name>\w+)'? from '?(?<module>[\w.]+)")]
    private static partial Regex Name();
}
