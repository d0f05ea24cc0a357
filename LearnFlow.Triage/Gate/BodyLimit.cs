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
        // The route's own limit, where it has one, or the server's.
        var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        if (!(context.Request.ContentLength > limit.MaxRequestBodySize))
        {
            return next(context);
        }

        // What is still coming is read away after the answer; Kestrel gives that five seconds.
        limit.MaxRequestBodySize = null;
        return Problems.WriteAsync(context, Problems.TooLarge());
    });
}
