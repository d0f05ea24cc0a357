using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>The skills as their files describe them, and the phrases by which they recognise a message.</summary>
public sealed class PhraseBook
{
    /// <summary>The file of a skill, in its folder.</summary>
    public const string SkillFileName = "skill.yaml";

    private const string SubjectFileName = "subject.yaml";
    private const string BareFileName = "bare.yaml";
    private const string FollowUpFileName = "follow-up.yaml";
    private const string RequestsFileName = "requests.yaml";

    /// <summary>The most that words of the subject take from "out of scope".</summary>
    private const double MostSubject = 3.5;

    /// <summary>From here on words of the subject show that a message is about it; "list" or "game" alone do not.</summary>
    private const double EnoughSubject = 1.4;

    /// <summary>A title or first sentence says what the rest is about: what stands there counts this much more.</summary>
    private const double OpeningFactor = 1.35;

    private const int OpeningWords = 25;

    /// <summary>The second reason of a kind adds half of its weight, the third a quarter, and no more: they say much the same.</summary>
    private const int MostOfAKind = 3;

    private readonly Dictionary<Intent, SkillFile> _skills;
    private readonly Phrases<Cue> _phrases;
    private readonly Phrases<bool> _followUps;
    private readonly HashSet<ulong> _bareWords;

    private PhraseBook(
        Dictionary<Intent, SkillFile> skills, Phrases<Cue> phrases, Phrases<bool> followUps, Requests requests,
        IEnumerable<string> bareWords, IReadOnlyList<string> words)
    {
        (_skills, _phrases, _followUps, Requests, Words) = (skills, phrases, followUps, requests, words);
        _bareWords = [.. bareWords.Select(word => Key.Of(word))];
    }

    /// <summary>What a phrase speaks for, or that it belongs to the subject.</summary>
    internal sealed record Cue(Intent Intent, PhraseGroup Group, bool IsSubject);

    /// <summary>Finds messages with two wishes.</summary>
    internal Requests Requests { get; }

    /// <summary>The words that the phrases are made of.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How an intent is offered to a student who is asked what they mean.</summary>
    /// <param name="intent">The intent.</param>
    public string OfferOf(Intent intent) => _skills[intent].Offer;

    /// <summary>Reads the skills.</summary>
    /// <param name="folder">A folder with a folder for each skill and the vocabulary of the subject.</param>
    /// <exception cref="StartupException">A file does not fit; the sentence names it and the line.</exception>
    public static PhraseBook Load(string folder)
    {
        var skills = new Dictionary<Intent, SkillFile>();
        var cues = new List<(string Phrase, Cue)>();
        foreach (var file in Directory.EnumerateFiles(folder, SkillFileName, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var skill = YamlFile.Read<SkillFile>(file);
            var intent = IntentNames.Parse(skill.Intent)
                ?? throw YamlFile.Wrong(file, skill.Intent, $"\"{skill.Intent}\" is no intent; the intents are {string.Join(", ", IntentNames.All)}");
            if (!skills.TryAdd(intent, skill))
            {
                throw YamlFile.Wrong(file, skill.Intent, $"another file is the skill for {skill.Intent} already");
            }

            cues.AddRange(skill.Phrases.SelectMany(group => group.Any.Select(phrase =>
                (phrase, new Cue(intent, group, IsSubject: false)))));
        }

        if (SkillLibrary.Intents.Where(intent => !skills.ContainsKey(intent)).ToList() is { Count: > 0 } missing)
        {
            throw new StartupException($"{folder} has no skill for {string.Join(", ", missing.Select(IntentNames.Of))}.");
        }

        var subject = YamlFile.Read<List<PhraseGroup>>(Path.Combine(folder, SubjectFileName));
        cues.AddRange(subject.SelectMany(group => group.Any.Select(phrase =>
            (phrase, new Cue(Intent.OutOfScope, group, IsSubject: true)))));
        try
        {
            var bare = YamlFile.Read<List<string>>(Path.Combine(folder, BareFileName));
            var followUps = YamlFile.Read<List<string>>(Path.Combine(folder, FollowUpFileName));
            var requests = YamlFile.Read<RequestFile>(Path.Combine(folder, RequestsFileName));
            return new PhraseBook(
                skills,
                new Phrases<Cue>(cues),
                new Phrases<bool>(followUps.Select(phrase => (phrase, true))),
                new Requests(requests),
                bare,
                [.. WordsOf([.. cues.Select(cue => cue.Phrase), .. followUps, .. bare, .. requests.Joins, .. requests.Requests])]);
        }
        catch (MalformedPhraseException exception)
        {
            var file = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
                .First(candidate => File.ReadAllText(candidate).Contains(exception.Phrase, StringComparison.Ordinal));
            throw YamlFile.Wrong(file, exception.Phrase, exception.Message);
        }
    }

    /// <summary>Whether a message only asks for help, and not what with.</summary>
    /// <param name="text">The message.</param>
    public bool IsBare(MessageText text)
    {
        foreach (var token in text.Tokens)
        {
            if (!_bareWords.Contains(token.Key))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a message begins as one that goes on with what was talked about before.</summary>
    /// <param name="text">The message.</param>
    public bool IsFollowUp(MessageText text) => _followUps.BeginsWithAny(text.Tokens) || IsBare(text);

    /// <summary>Notes the reasons that the phrases in a message give.</summary>
    /// <param name="text">The message.</param>
    /// <param name="matches">Room to work in.</param>
    /// <param name="reasons">Takes the reasons; holds those of the message's form already.</param>
    internal void Find(MessageText text, List<PhraseMatch<Cue>> matches, List<Reason> reasons)
    {
        matches.Clear();
        _phrases.Find(text.Tokens, matches);
        var hasForm = reasons.Count > 0;
        var subject = AddSubject(text, matches, reasons);
        matches.RemoveAll(static match => match.Meaning.IsSubject);
        var hasSubject = hasForm || subject >= EnoughSubject;
        foreach (var intent in SkillLibrary.Intents)
        {
            var share = 1.0;
            for (var found = 0; found < MostOfAKind; found++)
            {
                var strongest = Strongest(text, matches, intent, hasSubject);
                if (strongest < 0)
                {
                    break;
                }

                var match = matches[strongest];
                reasons.Add(new Reason(
                    "phrase", intent, WeightOf(match) * share, MessagePart.Query, text.SourceOf(match.FirstWord, match.LastWord)));
                share /= 2;
                RemoveGroup(matches, match.Meaning.Group);
            }
        }
    }

    /// <summary>What words of the subject take from "out of scope"; each group of them counts once.</summary>
    private static double AddSubject(MessageText text, List<PhraseMatch<Cue>> matches, List<Reason> reasons)
    {
        var weight = 0.0;
        var first = -1;
        for (var at = 0; at < matches.Count; at++)
        {
            var cue = matches[at].Meaning;
            if (!cue.IsSubject)
            {
                continue;
            }

            first = first < 0 ? at : first;
            var isNew = true;
            for (var before = 0; before < at && isNew; before++)
            {
                isNew = !ReferenceEquals(matches[before].Meaning.Group, cue.Group);
            }

            weight += isNew ? cue.Group.Weight : 0;
        }

        weight = Math.Min(MostSubject, weight);
        if (first >= 0)
        {
            reasons.Add(new Reason(
                "subject", Intent.OutOfScope, -weight, MessagePart.Query, text.SourceOf(matches[first].FirstWord, matches[first].LastWord)));
        }

        return weight;
    }

    /// <summary>Index of the match that speaks most strongly for an intent, or -1.</summary>
    private static int Strongest(MessageText text, List<PhraseMatch<Cue>> matches, Intent intent, bool hasSubject)
    {
        var strongest = -1;
        for (var at = 0; at < matches.Count; at++)
        {
            var (cue, _, _) = matches[at];
            if (cue.Intent == intent
                && text.Count <= cue.Group.MostWords
                && (hasSubject || !cue.Group.NeedsSubject)
                && (strongest < 0 || WeightOf(matches[at]) > WeightOf(matches[strongest])))
            {
                strongest = at;
            }
        }

        return strongest;
    }

    private static void RemoveGroup(List<PhraseMatch<Cue>> matches, PhraseGroup group)
    {
        for (var at = matches.Count - 1; at >= 0; at--)
        {
            if (ReferenceEquals(matches[at].Meaning.Group, group))
            {
                matches.RemoveAt(at);
            }
        }
    }

    private static double WeightOf(PhraseMatch<Cue> match) =>
        match.Meaning.Group.Weight * (match.FirstWord < OpeningWords ? OpeningFactor : 1);

    private static IEnumerable<string> WordsOf(IEnumerable<string> phrases) => phrases
        .SelectMany(phrase => phrase.Split(' ', '(', ')', '|', '*'))
        .Select(word => word.Replace("'", "", StringComparison.Ordinal))
        .Where(word => word.Length > 0)
        .Distinct();
}
