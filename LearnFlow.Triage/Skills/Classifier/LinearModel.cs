namespace LearnFlow.Triage.Skills;

/// <summary>
/// A linear model: each feature adds its weights to the scores of the labels. Weights are kept as bytes with one scale for
/// each feature, which loses nothing that shows in a decision.
/// </summary>
public sealed class LinearModel
{
    private readonly int[] _rowOf;
    private readonly float[] _scales;
    private readonly sbyte[] _weights;

    /// <summary>Puts a model together.</summary>
    /// <param name="labels">What it tells apart.</param>
    /// <param name="vocabulary">The words that it knows.</param>
    /// <param name="buckets">The bucket of each row, in rising order.</param>
    /// <param name="scales">The scale of each row's weights.</param>
    /// <param name="weights">The weights, row after row.</param>
    /// <param name="hasFinePieces">Whether it looks at fine pieces of words (<see cref="FeatureVector.Extract"/>).</param>
    public LinearModel(string[] labels, Vocabulary vocabulary, int[] buckets, float[] scales, sbyte[] weights, bool hasFinePieces)
    {
        (Labels, Vocabulary, Buckets, _scales, _weights) = (labels, vocabulary, buckets, scales, weights);
        HasFinePieces = hasFinePieces;
        _rowOf = new int[FeatureVector.Buckets];
        Array.Fill(_rowOf, -1);
        for (var row = 0; row < buckets.Length; row++)
        {
            _rowOf[buckets[row]] = row;
        }
    }

    /// <summary>What it tells apart.</summary>
    public string[] Labels { get; }

    /// <summary>The words that it knows.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Whether it looks at fine pieces of words.</summary>
    internal bool HasFinePieces { get; }

    /// <summary>The bucket of each row.</summary>
    internal int[] Buckets { get; }

    /// <summary>The scale of each row.</summary>
    internal ReadOnlySpan<float> Scales => _scales;

    /// <summary>The weights, row after row.</summary>
    internal ReadOnlySpan<sbyte> Weights => _weights;

    /// <summary>Scores a message.</summary>
    /// <param name="text">The message, read with this model's vocabulary.</param>
    /// <param name="features">Takes its features, weighed for this model.</param>
    /// <param name="scores">Where each label's score goes.</param>
    public void Score(MessageText text, FeatureVector features, Span<float> scores)
    {
        features.Extract(text, Vocabulary, HasFinePieces);
        features.Weigh(_rowOf);
        scores.Clear();
        var labels = Labels.Length;
        var rows = features.Rows;
        var values = features.Values;
        for (var i = 0; i < rows.Length; i++)
        {
            var factor = values[i] * _scales[rows[i]];
            var weights = _weights.AsSpan(rows[i] * labels, labels);
            for (var label = 0; label < weights.Length; label++)
            {
                scores[label] += factor * weights[label];
            }
        }
    }

    /// <summary>The label in scope with the highest score, and by how much it leads "out of scope".</summary>
    /// <param name="scores">A message's scores.</param>
    public (int Label, float Lead) Nearest(ReadOnlySpan<float> scores)
    {
        var outOfScope = Array.IndexOf(Labels, LabelledMessage.OutOfScope);
        var best = outOfScope == 0 && Labels.Length > 1 ? 1 : 0;
        for (var label = best + 1; label < scores.Length; label++)
        {
            best = label != outOfScope && scores[label] > scores[best] ? label : best;
        }

        return (best, scores[best] - (outOfScope < 0 ? 0 : scores[outOfScope]));
    }

    /// <summary>What a feature adds to a label's score beyond what it adds to all of them on average.</summary>
    /// <param name="features">A message's features, weighed for this model.</param>
    /// <param name="feature">Which feature.</param>
    /// <param name="label">Which label.</param>
    public double Preference(FeatureVector features, int feature, int label)
    {
        var row = features.Rows[feature];
        var weights = _weights.AsSpan(row * Labels.Length, Labels.Length);
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return features.Values[feature] * _scales[row] * (weights[label] - ((double)sum / weights.Length));
    }
}
