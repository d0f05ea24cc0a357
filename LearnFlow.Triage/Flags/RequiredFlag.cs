using LearnFlow.ServiceDefaults;

namespace LearnFlow.Triage.Flags;

/// <summary>Metadata of a route that is there only while a flag is on.</summary>
/// <param name="Flag">The flag.</param>
public sealed record RequiredFlag(string Flag);

/// <summary>Says on a route that it needs a flag, and refuses it where that is off.</summary>
internal static class RequiredFlags
{
    public static TBuilder WithFlag<TBuilder>(this TBuilder builder, string flag)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredFlag(flag));

    public static void UseRequiredFlags(this WebApplication app)
    {
        var flags = app.Services.GetRequiredService<FlagState>();
        app.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<RequiredFlag>() is { } required && !flags.IsOn(required.Flag)
            ? Problems.WriteAsync(context, Problems.Create(
                ProblemType.SwitchedOff, $"An admin has switched {required.Flag} off; PUT /api/v1/admin/flags/{required.Flag} switches it on."))
            : next(context));
    }
}
