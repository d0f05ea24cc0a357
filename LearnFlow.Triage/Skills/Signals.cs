using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>What the form of a message tells, whatever its words: an error, a traceback, code, a turn of a conversation.</summary>
internal static class Signals
{
    /// <summary>The signal that a message leans on what was said before.</summary>
    public const string Conversation = "conversation";

    /// <summary>Words of code from which on a message is one with code.</summary>
    private const int EnoughCode = 3;

    /// <summary>A message of so few words may lean on the one before it.</summary>
    private const int FewWords = 8;

    private const int MostRecentErrors = 3;

    private const string TracebackHead = "traceback (most recent call last)";

    /// <summary>Notes the reasons that a message's form gives.</summary>
    /// <param name="message">The message.</param>
    /// <param name="text">Its query.</param>
    /// <param name="reasons">Takes the reasons.</param>
    public static void Find(in StudentMessage message, MessageText text, List<Reason> reasons)
    {
        if (TracebackOf(message, text) is { } traceback)
        {
            reasons.Add(traceback);
        }
        else if (!string.IsNullOrWhiteSpace(message.Error))
        {
            reasons.Add(new Reason("error", Intent.SyntaxHelp, 7, MessagePart.Error, default, "an error came with it") { IsBeside = true });
        }
        else if (NameOfError(text) is { } name)
        {
            reasons.Add(new Reason("error-name", Intent.SyntaxHelp, 2, MessagePart.Query, name));
        }

        var isBeside = !string.IsNullOrWhiteSpace(message.Code);
        if (isBeside || HasCode(text))
        {
            var what = isBeside ? "code came with it" : "code in the message";
            Code(Intent.SyntaxHelp, 0.8);
            Code(Intent.CodeReview, 0.8);
            Code(Intent.ConceptExplanation, 0.3);
            Code(Intent.OutOfScope, -2);

            void Code(Intent intent, double weight) =>
                reasons.Add(new Reason("code", intent, weight, MessagePart.Code, default, what) { IsBeside = isBeside });
        }
    }

    /// <summary>Notes what is known of the student: too little to decide anything, enough to tip a balance.</summary>
    /// <param name="message">The message.</param>
    /// <param name="reasons">Takes the reasons.</param>
    public static void FindStudent(in StudentMessage message, List<Reason> reasons)
    {
        if (message.RecentErrors > 0)
        {
            Tip("recent-errors", Intent.SyntaxHelp, Math.Min(message.RecentErrors, MostRecentErrors) * 0.3, "errors of late");
        }

        if (message.Mastery is { } mastery)
        {
            // Who is at the beginning asks for ideas more often; who knows them, for practice and critique.
            var level = MasteryLevels.Of(mastery);
            if (level == MasteryLevel.Beginner)
            {
                Tip("mastery", Intent.ConceptExplanation, 0.3, "a beginner");
            }
            else if (level >= MasteryLevel.Proficient)
            {
                Tip("mastery", Intent.ExerciseRequest, 0.3, "proficient");
                Tip("mastery", Intent.CodeReview, 0.3, "proficient");
            }
        }

        void Tip(string signal, Intent intent, double weight, string text) =>
            reasons.Add(new Reason(signal, intent, weight, MessagePart.Query, default, text) { IsBeside = true });
    }

    /// <summary>Notes what the conversation tells of a short message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="text">Its query.</param>
    /// <param name="phrases">Knows a message that goes on with what was talked about.</param>
    /// <param name="reasons">Takes the reason; holds those of form and phrases.</param>
    public static void FindConversation(in StudentMessage message, MessageText text, PhraseBook phrases, List<Reason> reasons)
    {
        if (message.PreviousIntent is { } previous and not Intent.OutOfScope && text.Count <= FewWords)
        {
            // "And why?" says nothing by itself; "and what is a tuple?" does.
            var leans = reasons.Count == 0 && phrases.IsFollowUp(text);
            // New code after a hint is an answer to it.
            var isAnswer = previous == Intent.SyntaxHelp && !string.IsNullOrWhiteSpace(message.Code);
            reasons.Add(new Reason(
                Conversation,
                previous,
                leans ? 8 : isAnswer ? 2.5 : 1.5,
                MessagePart.Query,
                default,
                leans ? "it goes on with the conversation" : "a short message in a conversation")
            { IsBeside = true });
        }
    }

    /// <summary>The error that a traceback or an error line names.</summary>
    private static Reason? TracebackOf(in StudentMessage message, MessageText text)
    {
        if (ErrorLine.Find(message.Error) is { } inError)
        {
            return Traceback(MessagePart.Error, inError);
        }

        if (ErrorLine.Find(text.Folded) is { } inQuery)
        {
            return Traceback(MessagePart.Query, text.SourceOf(inQuery));
        }

        if (ErrorLine.Find(message.Code) is { } inCode)
        {
            return Traceback(MessagePart.Code, inCode);
        }

        var hasHead = text.Folded.Contains(TracebackHead, StringComparison.Ordinal)
            || message.Error.AsSpan().Contains(TracebackHead, StringComparison.OrdinalIgnoreCase)
            || message.Code.AsSpan().Contains(TracebackHead, StringComparison.OrdinalIgnoreCase);
        return hasHead ? Traceback(MessagePart.Query, default) with { Text = "Traceback" } : null;

        static Reason Traceback(MessagePart part, Range place) =>
            part == MessagePart.Query
                ? new("traceback", Intent.SyntaxHelp, 5, part, place)
                : new("traceback", Intent.SyntaxHelp, 8, part, place) { IsBeside = true };
    }

    private static Range? NameOfError(MessageText text)
    {
        for (var at = 0; at < text.Count; at++)
        {
            if (text.Tokens[at].Kind != TokenKind.Code && ErrorLine.IsName(text.Of(text.Tokens[at])))
            {
                return text.SourceOf(at, at);
            }
        }

        return null;
    }

    private static bool HasCode(MessageText text)
    {
        var words = 0;
        foreach (var token in text.Tokens)
        {
            words += token.Kind == TokenKind.Code ? 1 : 0;
        }

        return words >= EnoughCode;
    }
}
