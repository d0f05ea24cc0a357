namespace LearnFlow.Agents.Debug.Causes;

/// <summary>"Did you mean": the known name that a misspelled one is closest to.</summary>
internal static class Spelling
{
    /// <summary>The closest of the names; null where none is close enough to be meant.</summary>
    public static string? Closest(string name, IEnumerable<string> known)
    {
        var best = (Name: (string?)null, Distance: int.MaxValue);
        var most = name.Length <= 2 ? 0 : name.Length <= 5 ? 1 : name.Length <= 8 ? 2 : 3;
        foreach (var candidate in known)
        {
            if (candidate == name || Math.Abs(candidate.Length - name.Length) > most || candidate.Length < 2)
            {
                continue;
            }

            var distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, candidate, most);
            if (distance <= most && distance < best.Distance)
            {
                best = (candidate, distance);
            }
        }

        return best.Name;
    }

    // Letters changed, left out, added or swapped with their neighbour.
    private static int Distance(string a, string b, int most)
    {
        if (a.Length > 40)
        {
            return most + 1;
        }

        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            last.CopyTo(before);
            row.CopyTo(last);
        }

        return last[b.Length];
    }
}
