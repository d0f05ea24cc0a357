using System.Text.RegularExpressions;
using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Attributes and methods that a value does not have.</summary>
internal static partial class AttributeCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        if (Missing().Match(place.Message) is not { Success: true } match)
        {
            return null;
        }

        var (type, name) = (match.Groups["type"].Value, match.Groups["name"].Value);
        var (statement, attribute) = place.Expressions<AttributeExpression>().FirstOrDefault(use => use.Expression.Name == name);
        if (statement is null)
        {
            return null;
        }

        var target = ValueTypes.Short(attribute.Target.Text);
        var written = ValueTypes.Short(attribute.Text);
        if (match.Groups["module"].Success)
        {
            var meant = Spelling.Closest(name, PythonBuiltIns.HomeOf.Where(pair => pair.Value == type).Select(pair => pair.Key));
            return meant is null
                ? null
                : new(attribute.Line, written, $"The module `{type}` has no `{name}` (line {attribute.Line}). Did you mean `{meant}`?", "Compare the two names letter by letter.", "modules-and-imports");
        }

        var known = place.Types.Of(attribute.Target, statement).FirstOrDefault(known => known.Type == type);
        var because = known is null ? "" : $", because {known.Because}{(known.Line == attribute.Line ? "" : $" (line {known.Line})")}";
        if (type == "NoneType")
        {
            return new(attribute.Line, target, $"`{target}` on line {attribute.Line} is `None`{because}, and `None` has no `{name}`.", "Where should the value come from? Follow it back to the line that makes it.", "none-value");
        }

        var own = OwnAttributes(place.Program, type).ToList();
        var closest = Spelling.Closest(name, own.Concat(PythonBuiltIns.MethodsOf.GetValueOrDefault(type, [])));
        if (closest is not null)
        {
            return new(attribute.Line, written, $"{Capital(ValueTypes.Describe(type))} has no `{name}` (line {attribute.Line}). Did you mean `{closest}`?", "Compare the two names letter by letter.");
        }

        if (place.Program.PlacesOf(type).FirstOrDefault(reference => reference.Role == NameRole.Class)?.Statement is { } owner
            && (owner.Descendants.Where(inner => place.Program.ContentOf(inner).AssignedName == name).Select(inner => ClassSlips.LostAttribute(place.Program, inner, name)).FirstOrDefault(lost => lost is not null)
                ?? ClassSlips.MisspelledInit(place.Program, owner) ?? ClassSlips.LostParent(place.Program, owner, name)) is { } unset)
        {
            return unset;
        }

        if (own.Contains(name))
        {
            return new(attribute.Line, written, $"Line {attribute.Line} asks `{target}` for `{name}` before any line has given it one.", $"Which line sets `self.{name}`, and does it run before line {attribute.Line}?", "classes-and-objects");
        }

        if (own.Count > 0)
        {
            return new(attribute.Line, written, $"Line {attribute.Line} asks `{target}` for `{name}`, but the class `{type}` never gives its objects a `{name}`. It has {string.Join(", ", own.Distinct().Take(5).Select(a => $"`{a}`"))}.", $"Which line of the class should set `self.{name}`, and does it run before?", "classes-and-objects");
        }

        var others = PythonBuiltIns.MethodsOf.Where(pair => pair.Key != type && pair.Value.Contains(name)).Select(pair => pair.Key).ToList();
        return others.Count > 0
            ? new(attribute.Line, written, $"`{target}` on line {attribute.Line} is {ValueTypes.Describe(type)}{because}. `.{name}` belongs to {ValueTypes.Describe(others[0])}.", $"Is `{target}` what you think it is? Print `type({target})` just before line {attribute.Line}.", "data-types")
            : new(attribute.Line, written, $"`{target}` on line {attribute.Line} is {ValueTypes.Describe(type)}{because}, and that has no `{name}`.", $"Is `{target}` what you think it is? Print `type({target})` just before line {attribute.Line}.", "data-types");
    }

    /// <summary>What the program's own class gives its objects: methods, and attributes that are set through <c>self</c>.</summary>
    private static IEnumerable<string> OwnAttributes(PythonProgram program, string type)
    {
        var owner = program.PlacesOf(type).FirstOrDefault(place => place.Role == NameRole.Class)?.Statement;
        return owner is null
            ? []
            : owner.Descendants
                .SelectMany(statement => program.ContentOf(statement).Targets.OfType<AttributeExpression>())
                .Where(target => target.Target.IsName("self"))
                .Select(target => target.Name)
                .Concat(program.Functions.Where(f => f.Class == owner && !f.Name.Text.StartsWith("__", StringComparison.Ordinal)).Select(f => f.Name.Text))
                .Distinct();
    }

    private static string Capital(string text) => text.Length > 0 && char.IsLetter(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    [GeneratedRegex(@"^(?:'(?<type>[\w.]+)' object|type object '(?<type>[\w.]+)'|(?:partially initialized )?(?<module>module) '(?<type>[\w.]+)') has no attribute '(?<name>\w+)'")]
    private static partial Regex Missing();
}
