namespace LearnFlow.Triage.Skills;

/// <summary>A word of a text.</summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Length">How long it is.</param>
/// <param name="InCode">Whether it stands in code, where words mean something else.</param>
public readonly record struct Word(int Start, int Length, bool InCode);

/// <summary>Cuts a text into words, and tells its prose from the code in it.</summary>
public static class Words
{
    /// <summary>The words of a text, in order. Apostrophes, <c>+</c> and <c>#</c> within a word belong to it (C++, don't).</summary>
    /// <param name="text">Any text.</param>
    public static List<Word> Cut(string text)
    {
        var words = new List<Word>(Math.Min(text.Length / 4, 1024) + 1);
        var inFence = false;
        for (var lineStart = 0; lineStart < text.Length;)
        {
            var lineEnd = text.IndexOf('\n', lineStart);
            lineEnd = lineEnd < 0 ? text.Length : lineEnd;
            var line = text.AsSpan(lineStart, lineEnd - lineStart);
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inFence = !inFence;
            }

            CutLine(text, lineStart, lineEnd, inFence || CodeLine.Is(line), words);
            lineStart = lineEnd + 1;
        }

        return words;
    }

    private static void CutLine(string text, int start, int end, bool inCode, List<Word> words)
    {
        for (var at = start; at < end;)
        {
            if (!IsWordCharacter(text[at]))
            {
                at++;
                continue;
            }

            var wordStart = at;
            while (at < end && (IsWordCharacter(text[at]) || (IsInner(text[at]) && at > wordStart)))
            {
                at++;
            }

            // A closing quotation mark is not the word's.
            var length = at - wordStart;
            while (text[wordStart + length - 1] is '\'' or '’')
            {
                length--;
            }

            words.Add(new Word(wordStart, length, inCode));
        }
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsInner(char c) => c is '\'' or '’' or '+' or '#';
}
