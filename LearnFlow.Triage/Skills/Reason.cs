using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Triage.Skills;

/// <summary>Which part of a message.</summary>
internal enum MessagePart
{
    Query,
    Code,
    Error,
}

/// <summary>A reason for an intent, as the skills note it while they decide: evidence whose words are not copied yet.</summary>
/// <param name="Signal">What kind of reason.</param>
/// <param name="Intent">What it speaks for.</param>
/// <param name="Weight">How strongly, before calibration.</param>
/// <param name="Part">The part of the message that gave it.</param>
/// <param name="Place">Where in that part.</param>
/// <param name="Text">What to say of it where there is nothing to quote.</param>
internal readonly record struct Reason(
    string Signal, Intent Intent, double Weight, MessagePart Part, Range Place, string? Text = null)
{
    /// <summary>
    /// Whether it comes from beside the student's words: a field of its own, the conversation, what is known of the
    /// student. The corpus has words alone, so nothing that is fitted to it says what such a reason counts; its weight is
    /// taken as it is.
    /// </summary>
    public bool IsBeside { get; init; }

    /// <summary>The reason with its words.</summary>
    /// <param name="message">The message that gave it.</param>
    /// <param name="scale">What the weights of words count after calibration.</param>
    public Evidence Of(in StudentMessage message, double scale)
    {
        var part = Part switch
        {
            MessagePart.Code => message.Code,
            MessagePart.Error => message.Error,
            _ => message.Query,
        };
        return new Evidence(Signal, Text ?? part![Place], Intent, Math.Round(IsBeside ? Weight : Weight * scale, 2));
    }
}
