namespace LearnFlow.Triage.Skills;

/// <summary>How scores become confidences, and from which confidence on a label is believed.</summary>
/// <param name="ModelScale">What the linear model's scores count.</param>
/// <param name="PhraseScale">What the scores of signals and phrases count; 0 where there are none.</param>
/// <param name="LeastConfidence">Below it nothing is believed; 0 to 1.</param>
public readonly record struct Calibration(double ModelScale, double PhraseScale, double LeastConfidence)
{
    /// <summary>Makes scores to confidences.</summary>
    /// <param name="model">The model's scores.</param>
    /// <param name="phrases">The phrases' scores, or nothing.</param>
    /// <param name="confidences">
    /// Takes the confidences, which sum to 1. What it holds before counts too, as it is: reasons that no calibration scales.
    /// </param>
    public void Apply(ReadOnlySpan<float> model, ReadOnlySpan<float> phrases, Span<float> confidences)
    {
        for (var label = 0; label < confidences.Length; label++)
        {
            confidences[label] += (float)(ModelScale * model[label]) + (phrases.IsEmpty ? 0 : (float)(PhraseScale * phrases[label]));
        }

        Softmax.Of(confidences);
    }
}

/// <summary>The scores of a message that took no part in the training, and what the message is.</summary>
/// <param name="Model">The model's score for each label.</param>
/// <param name="Phrases">The phrases' score for each label, or nothing.</param>
/// <param name="Label">Index of the right label; -1 where the model does not know it.</param>
public sealed record Judged(float[] Model, float[] Phrases, int Label);

/// <summary>Fits a <see cref="Calibration"/> to messages that took no part in the training.</summary>
public static class CalibrationFit
{
    private const int Steps = 30;

    /// <summary>The scales by which the confidences are as often right as they say (maximum likelihood, by Newton's method).</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="useModel">Whether the model's scores count.</param>
    /// <param name="usePhrases">Whether the phrases' scores count.</param>
    public static Calibration Scales(IReadOnlyList<Judged> messages, bool useModel, bool usePhrases)
    {
        double model = useModel ? 1 : 0, phrases = usePhrases ? 1 : 0;
        for (var step = 0; step < Steps; step++)
        {
            // First and second derivatives of the likelihood by the two scales.
            double g1 = 0, g2 = 0, h11 = 1e-3, h12 = 0, h22 = 1e-3;
            foreach (var message in messages.Where(message => message.Label >= 0))
            {
                var confidences = new float[message.Model.Length];
                new Calibration(model, phrases, 0).Apply(message.Model, message.Phrases, confidences);
                double m1 = 0, m2 = 0, m11 = 0, m12 = 0, m22 = 0;
                for (var label = 0; label < confidences.Length; label++)
                {
                    var (p, x1, x2) = (confidences[label], message.Model[label], usePhrases ? message.Phrases[label] : 0);
                    m1 += p * x1;
                    m2 += p * x2;
                    m11 += p * x1 * x1;
                    m12 += p * x1 * x2;
                    m22 += p * x2 * x2;
                }

                g1 += m1 - message.Model[message.Label];
                g2 += m2 - (usePhrases ? message.Phrases[message.Label] : 0);
                h11 += m11 - (m1 * m1);
                h12 += m12 - (m1 * m2);
                h22 += m22 - (m2 * m2);
            }

            var (d1, d2) = (useModel, usePhrases) switch
            {
                (true, true) => (((h22 * g1) - (h12 * g2)) / ((h11 * h22) - (h12 * h12)), ((h11 * g2) - (h12 * g1)) / ((h11 * h22) - (h12 * h12))),
                (true, false) => (g1 / h11, 0),
                _ => (0, g2 / h22),
            };
            model = Math.Max(0, model - Math.Clamp(d1, -1, 1));
            phrases = Math.Max(0, phrases - Math.Clamp(d2, -1, 1));
        }

        return new Calibration(Math.Round(model, 3), Math.Round(phrases, 3), 0);
    }

    /// <summary>The threshold at which a cost is least: what lies below it is not believed.</summary>
    /// <param name="messages">For each message what is compared with the threshold, and what it costs if it is believed and if not.</param>
    /// <returns>The threshold, to three digits; the lowest number where believing everything costs least.</returns>
    public static double Threshold(IEnumerable<(double Value, double IfBelieved, double IfNot)> messages)
    {
        var ranked = messages.OrderBy(message => message.Value).ToList();
        var total = 0.0;
        var (least, threshold) = (0.0, double.MinValue);
        for (var at = 0; at + 1 < ranked.Count; at++)
        {
            total += ranked[at].IfNot - ranked[at].IfBelieved;
            if (total < least - 1e-9 && ranked[at + 1].Value > ranked[at].Value)
            {
                (least, threshold) = (total, Math.Round((ranked[at].Value + ranked[at + 1].Value) / 2, 3));
            }
        }

        return threshold;
    }
}
