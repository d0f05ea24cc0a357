using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Keys that a dictionary does not have.</summary>
internal static class KeyCauses
{
    public static CodeCause? Find(ErrorPlace place)
    {
        var key = place.Message.Trim();
        foreach (var (statement, subscript) in place.Expressions<SubscriptExpression>())
        {
            if (subscript.Index is SliceExpression)
            {
                continue;
            }

            var written = ValueTypes.Short(subscript.Text);
            var dictionary = ValueTypes.Short(subscript.Target.Text);
            var content = place.Program.ContentOf(statement);
            if (content.IsAugmented && content.Targets.Any(target => target.Text == subscript.Text))
            {
                return new(statement.Line, written, $"Line {statement.Line} adds to `{written}`, but the first time a key comes up, it has no value to add to.", $"What should `{written}` be when the key is new?", "dictionaries");
            }

            var literal = subscript.Target is NameExpression { Name: var name }
                ? place.Types.Bindings(name, statement)
                    .Where(binding => binding.Role == NameRole.Assign)
                    .Select(binding => place.Program.ContentOf(binding.Statement).Value)
                    .OfType<CollectionExpression>()
                    .FirstOrDefault(collection => collection.Type == "dict")
                : null;
            if (literal is null || literal.Items.Count == 0)
            {
                continue;
            }

            var keys = literal.Keys.Select(item => item.Text).ToList();
            var plain = key.Trim('\'', '"');
            var meant = keys.Find(known => known.Trim('\'', '"') == plain && known != key && known.Trim('\'', '"') == known != (plain == key));
            if (meant is not null)
            {
                return new(statement.Line, written, $"The keys of `{dictionary}` (line {literal.Line}) are {(meant[0] is '\'' or '"' ? "texts" : "numbers")}: `{meant}`. Line {statement.Line} asks for `{ValueTypes.Short(key)}`, which is another key for Python.", $"Which type has `{ValueTypes.Short(subscript.Index.Text)}`?", "dictionaries");
            }

            var closest = Spelling.Closest(plain, keys.Select(known => known.Trim('\'', '"')));
            return new(
                statement.Line, written,
                closest is not null
                    ? $"`{dictionary}` has no key `{ValueTypes.Short(key)}` (line {statement.Line}). Did you mean `{ValueTypes.Short(closest)}` from line {literal.Line}?"
                    : $"`{dictionary}` has the keys {string.Join(", ", keys.Take(5).Select(known => $"`{ValueTypes.Short(known)}`"))} (line {literal.Line}). Line {statement.Line} asks for `{ValueTypes.Short(key)}`.",
                closest is not null ? "Compare the two keys letter by letter, capitals too." : "Should that key be there, or can it be missing?",
                "dictionaries");
        }

        var (first, asked) = place.Expressions<SubscriptExpression>().FirstOrDefault(use => use.Expression.Index is not (SliceExpression or NumberExpression));
        return first is null || place.Statement is null
            ? null
            : new(first.Line, ValueTypes.Short(asked.Text), $"`{ValueTypes.Short(asked.Text)}` on line {first.Line} asks for the key `{ValueTypes.Short(key)}`, and `{ValueTypes.Short(asked.Target.Text)}` has no such key at that moment.", $"Print `{ValueTypes.Short(asked.Target.Text)}` just before line {first.Line}. Which keys does it have?", "dictionaries");
    }
}
