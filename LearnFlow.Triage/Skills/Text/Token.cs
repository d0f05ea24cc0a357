namespace LearnFlow.Triage.Skills;

/// <summary>What a token is.</summary>
public enum TokenKind
{
    /// <summary>A word of prose.</summary>
    Word,

    /// <summary>A name from somebody's code in the middle of prose: <c>get_words</c>, <c>LastIndexOf(</c>.</summary>
    Identifier,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An address on the web.</summary>
    Link,

    /// <summary>A word on a line of code, where words mean something else.</summary>
    Code,
}

/// <summary>A word of a message.</summary>
/// <param name="Start">Where it begins in the folded text.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Sentence">The sentence or line that it stands in, counted from 0.</param>
/// <param name="Word">The word of the vocabulary that it is, or is a misspelling of; -1 where there is none.</param>
/// <param name="Key">That word's key, or else its own.</param>
public readonly record struct Token(int Start, int Length, TokenKind Kind, int Sentence, int Word, ulong Key)
{
    /// <summary>Whether its sentence ends with a question mark.</summary>
    public bool IsAsked { get; init; }
}
