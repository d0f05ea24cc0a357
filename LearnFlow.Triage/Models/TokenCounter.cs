using LearnFlow.Triage.Skills;
using Microsoft.ML.Tokenizers;

namespace LearnFlow.Triage.Models;

/// <summary>Counts what asking a model costs, in tokens as OpenAI's current models have them (o200k).</summary>
public sealed class TokenCounter
{
    /// <summary>
    /// The most characters of a text that are counted; the rest is taken to have as many tokens a character. Counting
    /// takes time by the square of a word's length: 20,000 characters without a space would take most of a second.
    /// </summary>
    public const int LongestCounted = 1_000;

    // 0.3 s of work that no start should wait for, and 42 MB that a process needs once.
    private static readonly Task<TiktokenTokenizer> Loading =
        Task.Run(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    private readonly Task<int> _instructions = CountAsync(Prompt.Instructions);
    private readonly Task<int> _briefInstructions = CountAsync(Prompt.BriefInstructions);
    private readonly Task<int> _typicalAnswer = CountAsync(Prompt.TypicalAnswer);

    /// <summary>Tokens of a prompt with a message, and of the answer to it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isSecondOpinion">Whether the prompt is the short one.</param>
    /// <param name="answer">The answer; unless given, a typical one.</param>
    public async ValueTask<int> CountAsync(StudentMessage message, bool isSecondOpinion = false, string? answer = null)
    {
        var tokenizer = await Loading;
        var standing = await (isSecondOpinion ? _briefInstructions : _instructions);
        return standing + Count(tokenizer, Prompt.Of(message)) + (answer is null ? await _typicalAnswer : Count(tokenizer, answer));
    }

    private static async Task<int> CountAsync(string text) => (await Loading).CountTokens(text);

    private static int Count(TiktokenTokenizer tokenizer, string text) => text.Length <= LongestCounted
        ? tokenizer.CountTokens(text)
        : (int)((long)tokenizer.CountTokens(text.AsSpan(0, LongestCounted)) * text.Length / LongestCounted);
}
