using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Gate;

/// <summary>What stands between a caller and the routes.</summary>
internal static class GateServices
{
    public static void AddGate(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AskRules.LargestBody;
        });
        builder.AddTokens();
    }

    public static void UseGate(this WebApplication app)
    {
        app.UseArrival();
        app.UseBodyLimit();
        // An address that is none is told so to anyone: there is nothing to protect, and no token would help.
        app.Use((context, next) => context.GetEndpoint() is null
            ? Problems.WriteAsync(context, new ProblemDetails { Status = StatusCodes.Status404NotFound })
            : next(context));
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
