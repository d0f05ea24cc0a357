namespace LearnFlow.Triage.Gate;

/// <summary>Remembers when a request arrived, so that its timings count the gate too.</summary>
internal static class Arrival
{
    private static readonly object Key = new();

    public static void UseArrival(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use((context, next) =>
        {
            context.Items[Key] = time.GetTimestamp();
            return next(context);
        });
    }

    /// <summary>When the request arrived, as a timestamp of the clock.</summary>
    public static long Of(HttpContext context) => (long)context.Items[Key]!;
}
