using LearnFlow.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// Refuses a body that says that it is too large before it is read. Kestrel's own limit would cut the connection while the
/// client still sends, and many clients would then see an error of the network instead of the answer.
/// </summary>
internal static class BodyLimit
{
    public static void UseBodyLimit(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.ContentLength is not > AskRules.LargestBody)
        {
            return next(context);
        }

        // What is still coming is read away after the answer; Kestrel gives that five seconds.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return Problems.WriteAsync(context, Problems.BodyTooLarge());
    });
}
