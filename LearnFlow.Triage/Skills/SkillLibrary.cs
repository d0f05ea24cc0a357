using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// Decides what a message means: the form of the message and the phrases in it give each intent a score, and the scores
/// give the confidence. A pure function of the message.
/// </summary>
public sealed class SkillLibrary
{
    /// <summary>Below this the student is asked.</summary>
    public const double LeastConfidence = 0.5;

    /// <summary>Where the two best readings are nearer than this, the student is asked.</summary>
    public const double LeastMargin = 0.12;

    /// <summary>What speaks against a message before anything is known: most sentences are not about Python.</summary>
    private const double OutOfScopeBias = 2.2;

    /// <summary>The most that words of the subject take from it.</summary>
    private const double MostSubject = 3.5;

    /// <summary>A title or first sentence says what the rest is about: what stands there counts this much more.</summary>
    private const double OpeningFactor = 1.35;

    private const int OpeningWords = 25;

    /// <summary>From here on words of the subject show that a message is about it; "list" or "game" alone do not.</summary>
    private const double EnoughSubject = 1.4;

    private const string SubjectSignal = "subject";

    /// <summary>A message of so few words that say nothing ("help", "pls") is a question for what is meant.</summary>
    private const int BareWords = 3;

    private static readonly Intent[] Intents = Enum.GetValues<Intent>();

    private readonly Phrases<Cue> _phrases;
    private readonly Dictionary<Intent, SkillFile> _skills;

    private SkillLibrary(Dictionary<Intent, SkillFile> skills, Phrases<Cue> phrases) =>
        (_skills, _phrases) = (skills, phrases);

    /// <summary>What a phrase speaks for, or that it belongs to the subject.</summary>
    private sealed record Cue(Intent Intent, PhraseGroup Group, bool IsSubject);

    /// <summary>Reads the library that lies beside the program.</summary>
    /// <exception cref="StartupException">A file does not fit; the sentence names it.</exception>
    public static SkillLibrary Load() => Load(Path.Combine(AppContext.BaseDirectory, "Skills", "Library"));

    /// <summary>Reads a library.</summary>
    /// <param name="folder">A folder with a folder for each skill and the vocabulary.</param>
    /// <exception cref="StartupException">A file does not fit; the sentence names it.</exception>
    public static SkillLibrary Load(string folder)
    {
        var skills = new Dictionary<Intent, SkillFile>();
        var cues = new List<(string, Cue)>();
        foreach (var file in Directory.EnumerateFiles(folder, "skill.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
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

        if (Intents.Where(intent => !skills.ContainsKey(intent)).ToList() is { Count: > 0 } missing)
        {
            throw new StartupException($"{folder} has no skill for {string.Join(", ", missing.Select(IntentNames.Of))}.");
        }

        var subject = YamlFile.Read<List<PhraseGroup>>(Path.Combine(folder, "subject.yaml"));
        cues.AddRange(subject.SelectMany(group => group.Any.Select(phrase =>
            (phrase, new Cue(Intent.OutOfScope, group, IsSubject: true)))));
        try
        {
            return new SkillLibrary(skills, new Phrases<Cue>(cues));
        }
        catch (MalformedPhraseException exception)
        {
            var file = Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
                .First(candidate => File.ReadAllText(candidate).Contains(exception.Phrase, StringComparison.Ordinal));
            throw YamlFile.Wrong(file, exception.Phrase, exception.Message);
        }
    }

    /// <summary>How an intent is offered to a student who is asked what they mean.</summary>
    /// <param name="intent">The intent.</param>
    public string OfferOf(Intent intent) => _skills[intent].Offer;

    /// <summary>Decides what a message means.</summary>
    /// <param name="message">The message.</param>
    public Decision Decide(StudentMessage message)
    {
        var words = Words.Cut(message.Query);
        var evidence = Signals.Find(message, words).ToList();
        AddPhrases(message.Query, words, evidence);
        return Conclude(evidence, isBare: evidence.Count == 0 && words.Count <= BareWords);
    }

    private void AddPhrases(string query, List<Word> words, List<Evidence> evidence)
    {
        var matches = _phrases.Find(query, words).ToList();
        var subject = matches.Where(match => match.Meaning.IsSubject)
            .DistinctBy(match => match.Meaning)
            .ToList();
        var subjectWeight = Math.Min(MostSubject, subject.Sum(match => match.Meaning.Group.Weight));
        if (subjectWeight > 0)
        {
            evidence.Add(new Evidence(SubjectSignal, TextOf(subject[0]), Intent.OutOfScope, -Math.Round(subjectWeight, 2)));
        }

        var hasSubject = subjectWeight >= EnoughSubject || evidence.Exists(reason => reason.Signal != SubjectSignal);
        foreach (var intent in matches
            .Where(match => !match.Meaning.IsSubject
                && words.Count <= match.Meaning.Group.MostWords
                && (hasSubject || !match.Meaning.Group.NeedsSubject))
            .GroupBy(match => match.Meaning.Intent))
        {
            // The second reason of a kind adds half of its weight, the third a quarter: they say much the same.
            var share = 1.0;
            foreach (var (match, weight) in intent
                .Select(match => (Match: match, Weight: WeightOf(match)))
                .OrderByDescending(entry => entry.Weight)
                .DistinctBy(entry => entry.Match.Meaning)
                .Take(3))
            {
                evidence.Add(new Evidence("phrase", TextOf(match), intent.Key, Math.Round(weight * share, 2)));
                share /= 2;
            }
        }

        double WeightOf(PhraseMatch<Cue> match) =>
            match.Meaning.Group.Weight * (match.FirstWord < OpeningWords ? OpeningFactor : 1);

        string TextOf(PhraseMatch<Cue> match)
        {
            var last = words[match.LastWord];
            return query[words[match.FirstWord].Start..(last.Start + last.Length)];
        }
    }

    private static Decision Conclude(List<Evidence> evidence, bool isBare)
    {
        Span<double> scores = stackalloc double[Intents.Length];
        scores[(int)Intent.OutOfScope] = OutOfScopeBias;
        foreach (var reason in evidence)
        {
            scores[(int)reason.Intent] += reason.Weight;
        }

        var readings = Confidences(scores);
        evidence.Sort((a, b) => Math.Abs(b.Weight).CompareTo(Math.Abs(a.Weight)));
        var best = readings[0];
        var unsure = isBare || best.Confidence < LeastConfidence || best.Confidence - readings[1].Confidence < LeastMargin;
        var outcome = unsure ? DecisionOutcome.Clarify
            : best.Intent == Intent.OutOfScope ? DecisionOutcome.Decline
            : DecisionOutcome.Answer;
        return new Decision(outcome, DecisionMaker.Skills, readings, evidence);
    }

    /// <summary>Scores as shares of one (softmax), the largest first; a tie goes to the intent that is named first.</summary>
    private static Reading[] Confidences(ReadOnlySpan<double> scores)
    {
        var readings = new Reading[scores.Length];
        var sum = 0.0;
        foreach (var score in scores)
        {
            sum += Math.Exp(score);
        }

        for (var i = 0; i < scores.Length; i++)
        {
            readings[i] = new Reading(Intents[i], Math.Round(Math.Exp(scores[i]) / sum, 3));
        }

        return [.. readings.OrderByDescending(reading => reading.Confidence)];
    }
}
