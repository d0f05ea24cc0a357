using System.Runtime.CompilerServices;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.Extensions.ObjectPool;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// Decides what a message means: its form, the phrases in it and a linear model give each intent a score, and the scores,
/// calibrated, give the confidence. A pure function of the message.
/// </summary>
public sealed class SkillLibrary
{
    /// <summary>The trained model, in the library's folder.</summary>
    public const string ModelFileName = "intents.model";

    /// <summary>The intents in the order in which scores stand.</summary>
    internal static readonly Intent[] Intents = Enum.GetValues<Intent>();

    /// <summary>What speaks against a message before anything is known: most sentences are not about Python.</summary>
    private const float OutOfScopeBias = 2.2f;

    /// <summary>How sure the reading of each of two wishes must be for both to be answered.</summary>
    private const double ClearWish = 0.75;

    /// <summary>Words that a decision quotes as the model's reasons.</summary>
    private const int MostModelReasons = 3;

    private readonly PhraseBook _phrases;
    private readonly TrainedModel _trained;
    private readonly ObjectPool<Desk> _desks = new DefaultObjectPool<Desk>(new DefaultPooledObjectPolicy<Desk>());

    /// <summary>Puts a library together.</summary>
    /// <param name="phrases">The skills and their phrases.</param>
    /// <param name="trained">The model, whose labels are the intents' in their order.</param>
    public SkillLibrary(PhraseBook phrases, TrainedModel trained) => (_phrases, _trained) = (phrases, trained);

    /// <summary>A decision without its explanation: what is done, and how sure every reading is.</summary>
    /// <param name="Outcome">What is done with the message.</param>
    /// <param name="Best">The likeliest reading.</param>
    /// <param name="Confidences">The confidence of each intent.</param>
    public readonly record struct Verdict(DecisionOutcome Outcome, Intent Best, Confidences Confidences);

    /// <summary>A confidence for each intent.</summary>
    [InlineArray(6)]
    public struct Confidences
    {
        private float _first;
    }

    /// <summary>What deciding needs to write on; kept for the next message.</summary>
    private sealed class Desk
    {
        public MessageText Text { get; } = new();

        public FeatureVector Features { get; } = new();

        public List<Reason> Reasons { get; } = [];

        public List<PhraseMatch<PhraseBook.Cue>> Matches { get; } = [];
    }

    /// <summary>Where the library lies beside the program.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Skills", "Library");

    /// <summary>Reads the library that lies beside the program.</summary>
    /// <exception cref="StartupException">A file does not fit; the sentence names it.</exception>
    public static SkillLibrary Load() => Load(Folder);

    /// <summary>Reads a library.</summary>
    /// <param name="folder">A folder with a folder for each skill, the vocabulary and the model.</param>
    /// <exception cref="StartupException">A file does not fit; the sentence names it.</exception>
    public static SkillLibrary Load(string folder)
    {
        var phrases = PhraseBook.Load(folder);
        // Not needed to decide, but whoever edited an example should hear of a mistake now and not from the next training.
        Corpus.Read(folder);
        var file = Path.Combine(folder, ModelFileName);
        var trained = ModelFile.Read(file);
        return trained.Model.Labels.SequenceEqual(IntentNames.Labels)
            ? new SkillLibrary(phrases, trained)
            : throw new StartupException($"{file} tells other things apart than the intents; train it from the library.");
    }

    /// <summary>How an intent is offered to a student who is asked what they mean.</summary>
    /// <param name="intent">The intent.</param>
    public string OfferOf(Intent intent) => _phrases.OfferOf(intent);

    /// <summary>Decides what a message means, without saying why; allocates nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="useModel">Whether the linear model is asked; else signals and phrases decide alone.</param>
    public Verdict Judge(in StudentMessage message, bool useModel = true)
    {
        var desk = _desks.Get();
        try
        {
            return Judge(message, useModel, desk);
        }
        finally
        {
            _desks.Return(desk);
        }
    }

    /// <summary>Decides what a message means, and says why.</summary>
    /// <param name="message">The message.</param>
    /// <param name="useModel">Whether the linear model is asked; else signals and phrases decide alone.</param>
    public Decision Decide(in StudentMessage message, bool useModel = true)
    {
        var desk = _desks.Get();
        try
        {
            var verdict = Judge(message, useModel, desk);
            var scale = CalibrationFor(useModel).PhraseScale;
            var evidence = new List<Evidence>();
            foreach (var reason in desk.Reasons)
            {
                evidence.Add(reason.Of(message, scale));
            }

            if (useModel)
            {
                AddModelReasons(message, verdict.Best, desk, evidence);
            }

            evidence.Sort((a, b) => Math.Abs(b.Weight).CompareTo(Math.Abs(a.Weight)));
            var decision = new Decision(verdict.Outcome, DecisionMaker.Skills, ReadingsOf(verdict), evidence);
            return TwoWishes(message, useModel, desk.Text) is var (first, second) ? Both(decision, first, second) : decision;
        }
        finally
        {
            _desks.Return(desk);
        }
    }

    /// <summary>The scores that signals and phrases give.</summary>
    /// <param name="phrases">The phrases.</param>
    /// <param name="message">The message.</param>
    /// <param name="text">Its query.</param>
    /// <param name="matches">Room to work in.</param>
    /// <param name="reasons">Takes the reasons.</param>
    /// <param name="scores">Takes each intent's score.</param>
    internal static void ScorePhrases(
        PhraseBook phrases, in StudentMessage message, MessageText text,
        List<PhraseMatch<PhraseBook.Cue>> matches, List<Reason> reasons, Span<float> scores)
    {
        reasons.Clear();
        Signals.Find(message, text, reasons);
        phrases.Find(text, matches, reasons);
        Signals.FindConversation(message, text, phrases, reasons);
        Signals.FindStudent(message, reasons);
        scores.Clear();
        scores[(int)Intent.OutOfScope] = OutOfScopeBias;
        foreach (var reason in reasons)
        {
            scores[(int)reason.Intent] += reason.IsBeside ? 0 : (float)reason.Weight;
        }
    }

    private Verdict Judge(in StudentMessage message, bool useModel, Desk desk)
    {
        var model = _trained.Model;
        desk.Text.Read(message.Query, model.Vocabulary);
        Span<float> phraseScores = stackalloc float[Intents.Length];
        ScorePhrases(_phrases, message, desk.Text, desk.Matches, desk.Reasons, phraseScores);

        Span<float> modelScores = stackalloc float[Intents.Length];
        if (useModel)
        {
            model.Score(desk.Text, desk.Features, modelScores);
        }

        var calibration = CalibrationFor(useModel);
        var confidences = default(Confidences);
        foreach (var reason in desk.Reasons)
        {
            confidences[(int)reason.Intent] += reason.IsBeside ? (float)reason.Weight : 0;
        }

        calibration.Apply(modelScores, phraseScores, confidences);
        var best = 0;
        for (var intent = 1; intent < Intents.Length; intent++)
        {
            best = confidences[intent] > confidences[best] ? intent : best;
        }

        var isUnsure = confidences[best] < calibration.LeastConfidence
            || (_phrases.IsBare(desk.Text) && !desk.Reasons.Exists(static reason => reason.IsBeside && reason.Weight >= 1));
        var outcome = isUnsure ? DecisionOutcome.Clarify
            : Intents[best] == Intent.OutOfScope ? DecisionOutcome.Decline
            : DecisionOutcome.Answer;
        return new Verdict(outcome, Intents[best], confidences);
    }

    private Calibration CalibrationFor(bool useModel) => useModel ? _trained.Calibration : _trained.WithoutModel;

    /// <summary>The words by which the model came to its reading, the weightiest first.</summary>
    private void AddModelReasons(in StudentMessage message, Intent best, Desk desk, List<Evidence> evidence)
    {
        var byToken = new double[desk.Text.Count + 1];
        for (var i = 0; i < desk.Features.Count; i++)
        {
            byToken[desk.Features.Origins[i]] += _trained.Model.Preference(desk.Features, i, (int)best);
        }

        for (var reason = 0; reason < MostModelReasons; reason++)
        {
            var token = Array.IndexOf(byToken, byToken.Max());
            var weight = Math.Round(byToken[token] * _trained.Calibration.ModelScale, 2);
            if (weight <= 0 || token >= desk.Text.Count)
            {
                break;
            }

            evidence.Add(new Evidence("words", message.Query[desk.Text.SourceOf(token, token)], best, weight));
            byToken[token] = 0;
        }
    }

    /// <summary>The intents of a message's two wishes, where it clearly has two.</summary>
    private (Intent First, Intent Second)? TwoWishes(in StudentMessage message, bool useModel, MessageText text)
    {
        foreach (var second in _phrases.Requests.Seconds(text))
        {
            var cut = text.SourceOf(second, second).Start;
            var before = Judge(message with { Query = message.Query[..cut] }, useModel);
            var after = Judge(message with { Query = message.Query[cut..] }, useModel);
            if (before.Best != after.Best && IsClear(before) && IsClear(after))
            {
                return (before.Best, after.Best);
            }
        }

        return null;

        static bool IsClear(in Verdict verdict) =>
            verdict.Outcome == DecisionOutcome.Answer && verdict.Confidences[(int)verdict.Best] >= ClearWish;
    }

    /// <summary>A decision for both wishes; the likelier reading stays the first.</summary>
    private static Decision Both(Decision decision, Intent first, Intent second)
    {
        var best = decision.Best.Intent == second ? second : first;
        return decision with
        {
            Outcome = DecisionOutcome.Answer,
            Readings = [.. decision.Readings.OrderBy(reading => reading.Intent == best ? 0 : 1)],
            Also = [best == first ? second : first],
        };
    }

    private static Reading[] ReadingsOf(in Verdict verdict)
    {
        var confidences = verdict.Confidences;
        // The order of the intents breaks ties, as it does in the verdict, and rounding makes none.
        return
        [
            .. Intents.OrderByDescending(intent => confidences[(int)intent])
                .Select(intent => new Reading(intent, Math.Round(confidences[(int)intent], 3))),
        ];
    }
}
