using System.Diagnostics;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Commands;

/// <summary>How often predictions were right.</summary>
/// <param name="N">Messages.</param>
/// <param name="Accuracy">Share of right predictions; an abstention is a wrong one.</param>
/// <param name="MacroF1">Mean of the labels' F1 scores.</param>
/// <param name="Abstained">Share of messages without a prediction.</param>
/// <param name="SelectiveAccuracy">Share of right ones among the predictions that were made.</param>
/// <param name="InScopeAccuracy">Share of right predictions for messages that are not out of scope.</param>
/// <param name="OutOfScopeRecall">Share of messages out of scope that were recognised.</param>
/// <param name="MicrosecondsPerQuery">Time for one prediction.</param>
/// <param name="BytesPerQuery">What a prediction allocates.</param>
/// <param name="PerLabel">Each label's figures.</param>
public sealed record Scores(
    int N,
    double Accuracy,
    double MacroF1,
    double Abstained,
    double SelectiveAccuracy,
    double InScopeAccuracy,
    double OutOfScopeRecall,
    double MicrosecondsPerQuery,
    double BytesPerQuery,
    SortedDictionary<string, LabelScores> PerLabel);

/// <summary>A label's figures.</summary>
/// <param name="Precision">Share of right ones among its predictions.</param>
/// <param name="Recall">Share of its messages that were recognised.</param>
/// <param name="F1">Harmonic mean of the two.</param>
/// <param name="N">Its messages.</param>
public sealed record LabelScores(double Precision, double Recall, double F1, int N);

/// <summary>A message's prediction.</summary>
/// <param name="Text">The message.</param>
/// <param name="Label">What it is.</param>
/// <param name="Predicted">What was said of it; <c>clarify</c> where nothing was.</param>
/// <param name="Best">The likeliest label, whether it was believed or not.</param>
/// <param name="Confidence">How likely, 0 to 1.</param>
public sealed record Prediction(string Text, string Label, string Predicted, string Best, double Confidence);

/// <summary>Measures predictions.</summary>
internal static class Evaluation
{
    /// <summary>What is predicted where the student would be asked back.</summary>
    public const string Abstention = "clarify";

    /// <summary>The figures of some predictions.</summary>
    /// <param name="predictions">The predictions; at least one.</param>
    /// <param name="cost">What one takes.</param>
    public static Scores Of(IReadOnlyList<Prediction> predictions, (double Microseconds, double Bytes) cost)
    {
        var labels = new SortedDictionary<string, LabelScores>(StringComparer.Ordinal);
        var sumOfF1 = 0.0;
        foreach (var label in predictions.Select(prediction => prediction.Label).Distinct())
        {
            var right = predictions.Count(prediction => prediction.Label == label && prediction.Predicted == label);
            var predicted = predictions.Count(prediction => prediction.Predicted == label);
            var actual = predictions.Count(prediction => prediction.Label == label);
            sumOfF1 += 2.0 * right / (predicted + actual);
            labels[label] = new LabelScores(Share(right, predicted), Share(right, actual), Share(2 * right, predicted + actual), actual);
        }

        var made = predictions.Where(prediction => prediction.Predicted != Abstention).ToList();
        var inScope = predictions.Where(prediction => prediction.Label != LabelledMessage.OutOfScope).ToList();
        var outOfScope = predictions.Where(prediction => prediction.Label == LabelledMessage.OutOfScope).ToList();
        return new Scores(
            predictions.Count,
            Accuracy(predictions),
            Math.Round(sumOfF1 / labels.Count, 4),
            Share(predictions.Count - made.Count, predictions.Count),
            Accuracy(made),
            Accuracy(inScope),
            Accuracy(outOfScope),
            Math.Round(cost.Microseconds, 2),
            Math.Round(cost.Bytes, 2),
            labels);
    }

    /// <summary>
    /// What a prediction costs: the best of several rounds over all texts, so that other work of the machine does not count,
    /// and for long enough that the runtime has compiled the code for good.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="predict">Predicts.</param>
    public static (double Microseconds, double Bytes) CostOf(IReadOnlyList<string> texts, Action<string> predict)
    {
        const int rounds = 5;
        var enough = TimeSpan.FromSeconds(1.5);
        var since = Stopwatch.GetTimestamp();
        var (fastest, bytes) = (TimeSpan.MaxValue, long.MaxValue);
        for (var round = 0; round < rounds || Stopwatch.GetElapsedTime(since) < enough; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            foreach (var text in texts)
            {
                predict(text);
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
            fastest = elapsed < fastest ? elapsed : fastest;
        }

        return (fastest.TotalMicroseconds / texts.Count, (double)bytes / texts.Count);
    }

    /// <summary>A table for people: what messages are, down, against what was said of them, across.</summary>
    /// <param name="predictions">The predictions.</param>
    public static string Confusion(IReadOnlyList<Prediction> predictions)
    {
        var rows = predictions.Select(prediction => prediction.Label).Distinct().Order(StringComparer.Ordinal).ToList();
        var columns = rows.Concat(predictions.Select(prediction => prediction.Predicted)).Distinct().ToList();
        if (columns.Count > 12)
        {
            return MostConfused(predictions);
        }

        var width = columns.Max(column => column.Length) + 2;
        return string.Join('\n', rows.Select(row => row.PadRight(width) + string.Concat(columns.Select(column =>
                $"{predictions.Count(prediction => prediction.Label == row && prediction.Predicted == column)}".PadLeft(width))))
            .Prepend("".PadRight(width) + string.Concat(columns.Select(column => column.PadLeft(width)))));
    }

    private static string MostConfused(IReadOnlyList<Prediction> predictions) => string.Join('\n', predictions
        .Where(prediction => prediction.Predicted != prediction.Label)
        .CountBy(prediction => $"{prediction.Label} taken for {prediction.Predicted}")
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key, StringComparer.Ordinal)
        .Take(20)
        .Select(pair => $"{pair.Value,6} × {pair.Key}"));

    private static double Accuracy(IReadOnlyCollection<Prediction> predictions) =>
        Share(predictions.Count(prediction => prediction.Predicted == prediction.Label), predictions.Count);

    private static double Share(int part, int whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 4);
}
