namespace LearnFlow.Triage.Skills;

/// <summary>Trains a model and fits its calibration to messages that the model did not see.</summary>
public static class SkillTrainer
{
    /// <summary>Parts into which messages are split where there is no file to calibrate with; each part is judged by a model of the others.</summary>
    private const int Parts = 5;

    /// <summary>What asking a student back costs, where a wrong answer costs 1.</summary>
    private const double CostOfAsking = 0.55;

    /// <summary>What an honest question that is refused costs, where a stray one that is let through costs 1.</summary>
    private const double CostOfRefusing = 3;

    /// <summary>Trains a model of any labels, for its own sake.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="validation">Messages to calibrate with, or null: then parts of the messages are held back in turn.</param>
    public static TrainedModel Train(IReadOnlyList<LabelledMessage> messages, IReadOnlyList<LabelledMessage>? validation)
    {
        var labels = messages.Select(message => message.Label).Distinct().Order(StringComparer.Ordinal).ToArray();
        var trainer = new ModelTrainer();
        var model = trainer.Train(messages, labels, trainer.VocabularyOf(messages, []));
        var judged = validation is null
            ? HoldBack(trainer, messages, labels, [], phrases: null)
            : [.. Judge(model, validation, phrases: null)];
        return new TrainedModel(
            model,
            CalibrationFit.Scales(judged, useModel: true, usePhrases: false),
            WithoutModel: default,
            LeastLead(model, judged),
            Source: "");
    }

    /// <summary>Trains the model of a skill library, and weighs it against the phrases.</summary>
    /// <param name="folder">The library.</param>
    public static TrainedModel Train(string folder)
    {
        var phrases = PhraseBook.Load(folder);
        var messages = Corpus.Read(folder);
        string[] labels = [.. IntentNames.Labels];
        // Students write otherwise than we do: many small steps stay nearer to what all messages have in common. A feature of
        // one or two messages is left out for the file's sake; it changes no figure.
        var trainer = new ModelTrainer
        {
            Runs = 3,
            Epochs = 80,
            Dropout = 0.8f,
            Smoothing = 0.2f,
            LearningRate = 0.1f,
            LeastMessages = 3,
            HasFinePieces = false,
        };
        var judged = HoldBack(trainer, messages, labels, phrases.Words, phrases);
        var model = trainer.Train(messages, labels, trainer.VocabularyOf(messages, phrases.Words));
        return new TrainedModel(
            model,
            Ask(CalibrationFit.Scales(judged, useModel: true, usePhrases: true)),
            Ask(CalibrationFit.Scales(judged, useModel: false, usePhrases: true)),
            LeastLead(model, judged),
            Corpus.FingerprintOf(folder));

        Calibration Ask(Calibration scales) => scales with
        {
            LeastConfidence = CalibrationFit.Threshold(judged.Select(message =>
            {
                var confidences = new float[labels.Length];
                scales.Apply(message.Model, message.Phrases, confidences);
                var best = confidences.AsSpan().IndexOf(confidences.Max());
                return ((double)confidences[best], best == message.Label ? 0.0 : 1.0, CostOfAsking);
            })),
        };
    }

    /// <summary>The lead below which a message is taken to be out of scope; none where no message was.</summary>
    private static double LeastLead(LinearModel model, List<Judged> judged)
    {
        var outOfScope = Array.IndexOf(model.Labels, LabelledMessage.OutOfScope);
        var strays = outOfScope < 0 ? 0 : judged.Count(message => message.Label == outOfScope);
        return strays == 0 ? double.MinValue : CalibrationFit.Threshold(judged.Select(message =>
        {
            var (best, lead) = model.Nearest(message.Model);
            var honest = CostOfRefusing / (judged.Count - strays);
            return message.Label == outOfScope
                ? ((double)lead, 1.0 / strays, 0.0)
                : (lead, best == message.Label ? 0 : honest, honest);
        }));
    }

    /// <summary>Every message, judged by a model that was trained without it.</summary>
    private static List<Judged> HoldBack(
        ModelTrainer trainer, IReadOnlyList<LabelledMessage> messages, string[] labels, IReadOnlyList<string> words, PhraseBook? phrases)
    {
        var partOf = PartsOf(messages);
        var judged = new List<Judged>[Parts];
        Parallel.For(0, Parts, part =>
        {
            var known = messages.Where((_, index) => partOf[index] != part).ToList();
            var model = trainer.Train(known, labels, trainer.VocabularyOf(known, words));
            judged[part] = [.. Judge(model, messages.Where((_, index) => partOf[index] == part), phrases)];
        });
        return [.. judged.SelectMany(part => part)];
    }

    /// <summary>
    /// The part of each message. Neighbours of a label share one: they are often by the same hand, and a model should be
    /// judged by messages from other hands.
    /// </summary>
    private static int[] PartsOf(IReadOnlyList<LabelledMessage> messages)
    {
        var sizes = messages.CountBy(message => message.Label).ToDictionary();
        var seen = new Dictionary<string, int>();
        var parts = new int[messages.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var label = messages[i].Label;
            seen[label] = seen.GetValueOrDefault(label) + 1;
            parts[i] = (seen[label] - 1) * Parts / sizes[label];
        }

        return parts;
    }

    private static IEnumerable<Judged> Judge(LinearModel model, IEnumerable<LabelledMessage> messages, PhraseBook? phrases)
    {
        var text = new MessageText();
        var features = new FeatureVector();
        var matches = new List<PhraseMatch<PhraseBook.Cue>>();
        var reasons = new List<Reason>();
        foreach (var message in messages)
        {
            text.Read(message.Text, model.Vocabulary);
            var scores = new float[model.Labels.Length];
            model.Score(text, features, scores);
            var phraseScores = phrases is null ? [] : new float[scores.Length];
            if (phrases is not null)
            {
                SkillLibrary.ScorePhrases(phrases, new StudentMessage(message.Text), text, matches, reasons, phraseScores);
            }

            yield return new Judged(scores, phraseScores, Array.IndexOf(model.Labels, message.Label));
        }
    }
}
