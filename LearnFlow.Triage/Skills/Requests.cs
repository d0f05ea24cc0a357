namespace LearnFlow.Triage.Skills;

/// <summary>Finds where a message may hold two wishes: "explain decorators and give me an exercise".</summary>
internal sealed class Requests
{
    /// <summary>A longer message tells a story, and what looks like a second wish in it is part of that.</summary>
    private const int MostWords = 60;

    /// <summary>Words that may stand before a request: "also please", "could you".</summary>
    private const int MostWordsBefore = 3;

    private readonly HashSet<ulong> _joins;
    private readonly Phrases<bool> _requests;

    /// <summary>Compiles the file.</summary>
    /// <param name="file">The joins and the requests.</param>
    /// <exception cref="MalformedPhraseException">A request is malformed.</exception>
    public Requests(RequestFile file)
    {
        _joins = [.. file.Joins.Select(word => Key.Of(word))];
        _requests = new Phrases<bool>(file.Requests.Select(phrase => (phrase, true)));
    }

    /// <summary>The words with which a second wish may begin, the first being made before.</summary>
    /// <param name="text">The message.</param>
    public List<int> Seconds(MessageText text)
    {
        var seconds = new List<int>();
        if (text.Count > MostWords)
        {
            return seconds;
        }

        var requests = new List<PhraseMatch<bool>>();
        _requests.Find(text.Tokens, requests);
        for (var at = 1; at < text.Count; at++)
        {
            var isStart = _joins.Contains(text.Tokens[at - 1].Key) || text.Tokens[at].Sentence != text.Tokens[at - 1].Sentence;
            if (isStart
                && requests.Exists(request => request.FirstWord >= at && request.FirstWord <= at + MostWordsBefore)
                && requests.Exists(request => request.LastWord < at))
            {
                seconds.Add(at);
            }
        }

        return seconds;
    }
}
