using System.Numerics;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// Trains a linear model: softmax regression by stochastic gradient descent with steps that shrink for common features
/// (AdaGrad), features left out at random (dropout) and softened targets (label smoothing). The same messages in the same
/// order give the same model, to the bit, on every machine.
/// </summary>
public sealed class ModelTrainer
{
    /// <summary>Rounds over the messages.</summary>
    public int Epochs { get; init; } = 40;

    /// <summary>Models that are trained with other chances; the result is their mean, which is a linear model too, and steadier.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Share of a message's features that a step does not see; chosen on CLINC150's validation part.</summary>
    public float Dropout { get; init; } = 0.7f;

    /// <summary>Share of a target that is spread over all labels; chosen on CLINC150's validation part.</summary>
    public float Smoothing { get; init; } = 0.3f;

    /// <summary>Size of the first steps.</summary>
    public float LearningRate { get; init; } = 0.2f;

    /// <summary>Whether the model looks at fine pieces of words; they bring half a point, and half as much work again.</summary>
    public bool HasFinePieces { get; init; } = true;

    /// <summary>Messages that a feature must occur in to be learned.</summary>
    public int LeastMessages { get; init; } = 1;

    /// <summary>Times that a word must occur to be known whatever it looks like.</summary>
    public int LeastOccurrences { get; init; } = 3;

    /// <summary>What features are multiplied by, so that weights stay small beside them.</summary>
    private const float Scale = 8;

    /// <summary>Trains.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="labels">The labels, in the model's order.</param>
    /// <param name="vocabulary">The words that are known.</param>
    public LinearModel Train(IReadOnlyList<LabelledMessage> messages, string[] labels, Vocabulary vocabulary)
    {
        var text = new MessageText();
        var features = new FeatureVector();
        var counts = new int[FeatureVector.Buckets];
        foreach (var message in messages)
        {
            Extract(message.Text);
            foreach (var bucket in features.Found)
            {
                counts[bucket]++;
            }
        }

        var rowOf = new int[FeatureVector.Buckets];
        var rows = 0;
        for (var bucket = 0; bucket < rowOf.Length; bucket++)
        {
            rowOf[bucket] = counts[bucket] >= LeastMessages ? rows++ : -1;
        }

        var indexOf = labels.Select((label, index) => (label, index)).ToDictionary(entry => entry.label, entry => entry.index);
        var examples = new Example[messages.Count];
        for (var i = 0; i < examples.Length; i++)
        {
            Extract(messages[i].Text);
            features.Weigh(rowOf);
            examples[i] = new Example(features.Rows.ToArray(), features.Values.ToArray(), indexOf[messages[i].Label]);
        }

        var runs = new float[Runs][];
        Parallel.For(0, Runs, run => runs[run] = Learn(examples, rows, labels.Length, seed: (uint)run + 1));
        var weights = Mean(runs);
        var used = Enumerable.Range(0, rowOf.Length).Where(bucket => rowOf[bucket] >= 0).ToArray();
        return Pack(labels, vocabulary, used, weights);

        void Extract(string message)
        {
            text.Read(message, vocabulary);
            features.Extract(text, vocabulary, HasFinePieces);
        }
    }

    /// <summary>The words of some messages, the commonest first.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="others">Words that are known however rare they are.</param>
    public Vocabulary VocabularyOf(IEnumerable<LabelledMessage> messages, IReadOnlyList<string> others)
    {
        var none = new Vocabulary([]);
        var text = new MessageText();
        var counts = others.ToDictionary(word => word, _ => LeastOccurrences);
        foreach (var message in messages)
        {
            text.Read(message.Text, none);
            foreach (var token in text.Tokens)
            {
                if (token.Kind is TokenKind.Word or TokenKind.Identifier)
                {
                    var word = text.Of(token).ToString().Replace("'", "", StringComparison.Ordinal);
                    counts[word] = counts.GetValueOrDefault(word) + 1;
                }
            }
        }

        var ranked = counts
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ToList();
        var frequent = new Vocabulary([.. ranked.Where(entry => entry.Value >= LeastOccurrences).Select(entry => entry.Key)]);
        // A rare word is a word all the same, unless it looks like a slip in a frequent one.
        var rare = ranked.Where(entry => entry.Value < LeastOccurrences
            && frequent.Find(entry.Key, Key.Of(entry.Key), mayBeMisspelled: true) < 0);
        return new Vocabulary([.. frequent.Words, .. rare.Select(entry => entry.Key)]);
    }

    private float[] Learn(Example[] examples, int rows, int labels, uint seed)
    {
        // Padded to whole vectors, so that the inner loops have no rest.
        var width = (labels + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        var weights = new float[(long)rows * width];
        var sums = new float[weights.Length];
        var squares = new float[rows];
        var scores = new float[width];
        var kept = new int[examples.Select(example => example.Rows.Length).DefaultIfEmpty().Max()];
        var random = new Random32(seed * 0x9e3779b9);
        var order = Enumerable.Range(0, examples.Length).ToArray();
        var factor = Scale / (1 - Dropout);
        var threshold = (uint)(Dropout * uint.MaxValue);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            Shuffle(order, ref random);
            var rate = LearningRate * (1 - ((float)epoch / Epochs));
            foreach (var at in order)
            {
                var example = examples[at];
                var count = 0;
                scores.AsSpan().Clear();
                for (var i = 0; i < example.Rows.Length; i++)
                {
                    if (random.Next() >= threshold)
                    {
                        kept[count++] = i;
                        Add(weights.AsSpan(example.Rows[i] * width, width), example.Values[i] * factor, scores);
                    }
                }

                ToErrors(scores.AsSpan(0, labels), example.Label);
                foreach (var i in kept.AsSpan(0, count))
                {
                    var row = example.Rows[i];
                    var value = example.Values[i] * factor;
                    squares[row] += value * value;
                    var step = -rate * value / MathF.Sqrt(1e-6f + squares[row]);
                    Add(scores, step, weights.AsSpan(row * width, width));
                }
            }

            // The mean of the later rounds is steadier than the last: what dropout did to one of them evens out.
            if (epoch >= Epochs / 2)
            {
                Add(weights, 1f / (Epochs - (Epochs / 2)), sums);
            }
        }

        return Narrow(sums, rows, width, labels);
    }

    private static float[] Mean(float[][] runs)
    {
        var mean = runs[0];
        foreach (var run in runs.AsSpan(1))
        {
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += run[i];
            }
        }

        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] /= runs.Length;
        }

        return mean;
    }

    /// <summary><c>to += by * from</c>.</summary>
    private static void Add(ReadOnlySpan<float> from, float by, Span<float> to)
    {
        var factor = new Vector<float>(by);
        for (var i = 0; i < to.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(to[i..]) + (factor * new Vector<float>(from[i..]))).CopyTo(to[i..]);
        }
    }

    /// <summary>Scores to probabilities, less the target.</summary>
    private void ToErrors(Span<float> scores, int target)
    {
        Softmax.Of(scores);
        foreach (ref var score in scores)
        {
            score -= Smoothing / scores.Length;
        }

        scores[target] -= 1 - Smoothing;
    }

    private static float[] Narrow(float[] weights, int rows, int width, int labels)
    {
        var narrow = new float[(long)rows * labels];
        for (var row = 0; row < rows; row++)
        {
            for (var label = 0; label < labels; label++)
            {
                narrow[(row * labels) + label] = weights[(row * width) + label] * Scale;
            }
        }

        return narrow;
    }

    private LinearModel Pack(string[] labels, Vocabulary vocabulary, int[] buckets, float[] weights)
    {
        var scales = new float[buckets.Length];
        var bytes = new sbyte[weights.Length];
        for (var row = 0; row < buckets.Length; row++)
        {
            var of = weights.AsSpan(row * labels.Length, labels.Length);
            var most = 0f;
            foreach (var weight in of)
            {
                most = Math.Max(most, Math.Abs(weight));
            }

            scales[row] = most / sbyte.MaxValue;
            for (var label = 0; label < of.Length && most > 0; label++)
            {
                bytes[(row * labels.Length) + label] = (sbyte)MathF.Round(of[label] / scales[row]);
            }
        }

        return new LinearModel(labels, vocabulary, buckets, scales, bytes, HasFinePieces);
    }

    private static void Shuffle(int[] order, ref Random32 random)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)(random.Next() % (uint)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    private readonly record struct Example(int[] Rows, float[] Values, int Label);

    /// <summary>Marsaglia's xorshift: a few instructions, and the same numbers for ever.</summary>
    private struct Random32(uint seed)
    {
        private uint _state = seed;

        public uint Next()
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            return _state ^= _state << 5;
        }
    }
}
