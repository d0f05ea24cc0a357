using System.Globalization;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Flags;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate.Limits;

/// <summary>
/// Holds callers to their limits and tells them where they stand, by the fields <c>RateLimit</c> and
/// <c>RateLimit-Policy</c> of draft-ietf-httpapi-ratelimit-headers, on every answer.
/// </summary>
/// <param name="limiter">Counts.</param>
/// <param name="options">The limits.</param>
/// <param name="flags">Whether there are limits at all.</param>
/// <param name="metrics">Counts who is refused by which limit.</param>
/// <param name="events">Counts who is refused often.</param>
public sealed class RateLimiting(
    RequestLimiter limiter, IOptions<RateLimitOptions> options, FlagState flags, TriageMetrics metrics, SecurityEvents events)
{
    private const string RateLimitField = "RateLimit";
    private const string PolicyField = "RateLimit-Policy";

    /// <summary>Lets a request go on, or refuses it.</summary>
    /// <param name="context">The request, whose caller is known.</param>
    /// <param name="next">The rest of the pipeline.</param>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<ForMachines>() is not null)
        {
            await next(context);
            return;
        }

        // What a route takes itself it takes late; who is refused before that counts too.
        var limit = LimitOf(context);
        var isByRoute = metadata?.GetMetadata<TakesFromRateLimit>() is not null && !limit.IsByAddress;
        var (admitted, refusal) = await TakeAsync(context, isByRoute ? RateLimit.Other : limit, 1);
        await (admitted == 1 ? next(context) : Problems.WriteAsync(context, refusal!));
    }

    /// <summary>Counts a request against its route's limit.</summary>
    /// <param name="context">The request.</param>
    /// <param name="wanted">For how much it counts.</param>
    /// <returns>How much of it is let in, and what to answer the rest with.</returns>
    public ValueTask<(int Admitted, ProblemDetails? Refusal)> TakeAsync(HttpContext context, int wanted) =>
        TakeAsync(context, LimitOf(context), wanted);

    private async ValueTask<(int Admitted, ProblemDetails? Refusal)> TakeAsync(HttpContext context, RateLimit limit, int wanted)
    {
        if (!flags.IsOn(Flag.EnableRateLimiting))
        {
            return (wanted, null);
        }

        var (caller, role) = limit.IsByAddress
            ? (ClientAddress.Of(context), "")
            : (context.User.Id(), context.User.Role());
        var most = limit.PerMinute(options.Value, role);
        var admission = await limiter.TakeAsync(limit, caller, most, wanted);

        // Rounded up, so that whoever waits that long does not come too early.
        var seconds = (int)Math.Ceiling(admission.FreeIn.TotalSeconds);
        var isRefused = admission.Admitted < wanted;
        var headers = context.Response.Headers;
        headers[PolicyField] = string.Create(
            CultureInfo.InvariantCulture, $"\"{limit.Name}\";q={most};w={(int)RateLimit.Window.TotalSeconds}");
        headers[RateLimitField] = string.Create(CultureInfo.InvariantCulture, $"\"{limit.Name}\";r={admission.Free};t={seconds}");
        if (!isRefused)
        {
            return (wanted, null);
        }

        metrics.LimitExceeded(limit.Name);
        events.Add(SecurityEvent.Limit, context.User);
        // At once would be refused again.
        var retryAfter = Math.Max(seconds, 1).ToString(CultureInfo.InvariantCulture);
        headers.RetryAfter = retryAfter;
        return (admission.Admitted, Problems.Create(
            ProblemType.RateLimited,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The limit \"{limit.Name}\" is {most} in any 60 seconds. This one was not kept; send it again in {retryAfter} s.")));
    }

    private static RateLimit LimitOf(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        var named = metadata?.GetMetadata<RateLimit>();
        var isPersonKnown = context.User.Identity is { IsAuthenticated: true } && metadata?.GetMetadata<IAllowAnonymous>() is null;
        return isPersonKnown ? named ?? RateLimit.Other
            : named is { IsByAddress: true } ? named
            : RateLimit.Anonymous;
    }
}
