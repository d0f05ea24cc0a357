using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate.Limits;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate;

/// <summary>What stands between a caller and the routes.</summary>
public static class GateServices
{
    /// <summary>Adds the gate's services.</summary>
    /// <param name="builder">Triage.</param>
    public static void AddGate(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AskRules.LargestBody;
        });
        builder.AddGateway();
        builder.AddBrowserSafety();
        builder.AddTokens();
        builder.Services.AddAccess();
        builder.Services.AddOptions<RateLimitOptions>()
            .BindConfiguration(RateLimitOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptions.Check>();
        builder.Services.AddSingleton<RequestLimiter>();
        builder.Services.AddSingleton<RateLimiting>();
        builder.Services.AddSingleton<Sanitizer>();
        builder.Services.AddSingleton<SecurityEvents>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SecurityEvents>());
    }

    /// <summary>Adds what every answer passes, also those that need no token.</summary>
    /// <param name="app">Triage.</param>
    public static void UseDoor(this WebApplication app)
    {
        app.UseArrival();
        app.UseGateway();
        app.UseBrowserSafety();
    }

    /// <summary>Adds what a request passes on its way to a route.</summary>
    /// <param name="app">Triage.</param>
    public static void UseGate(this WebApplication app)
    {
        app.UseBodyLimit();
        app.UseBodyEncoding();
        // An address that is none is told so to anyone: there is nothing to protect, and no token would help.
        app.Use((context, next) => context.GetEndpoint() is null
            ? Problems.WriteAsync(context, new ProblemDetails { Status = StatusCodes.Status404NotFound })
            : next(context));
        app.UseAuthentication();
        // Before the question whether they may: who is refused for having no token counts too.
        app.Use(app.Services.GetRequiredService<RateLimiting>().InvokeAsync);
        app.UseAuthorization();
        // Behind it: what is switched off is nobody's business who may not come in.
        app.UseRequiredFlags();
    }
}
