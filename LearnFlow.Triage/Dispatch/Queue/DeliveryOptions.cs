using System.ComponentModel.DataAnnotations;

namespace LearnFlow.Triage.Dispatch.Queue;

/// <summary>When messages that wait are delivered.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Delivery";

    /// <summary>Deliveries of a message until it becomes a dead letter.</summary>
    public const int MostDeliveries = 5;

    /// <summary>How long a message waits for its agent before it becomes a dead letter however often it was delivered.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>How much longer each pause is than the one before it: from a second to ten minutes in five.</summary>
    private const double Growth = 5;

    /// <summary>Milliseconds before the first delivery, 10 to 60,000; 1,000 unless set.</summary>
    [Range(10, 60_000, ErrorMessage = "Delivery:FirstPauseMs must be {1} to {2}.")]
    public int FirstPauseMs { get; set; } = 1_000;

    /// <summary>How long a message waits before a delivery.</summary>
    /// <param name="delivery">Which, from 1.</param>
    public TimeSpan PauseBefore(int delivery) => TimeSpan.FromMilliseconds(FirstPauseMs * Math.Pow(Growth, delivery - 1));
}
