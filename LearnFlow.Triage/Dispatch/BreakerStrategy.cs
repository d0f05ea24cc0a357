using LearnFlow.Triage.Flags;
using Polly;
using Polly.CircuitBreaker;

namespace LearnFlow.Triage.Dispatch;

/// <summary>An agent's breaker in the pipeline of its calls. Polly's own opens by a share of failures, not by failures in a row.</summary>
/// <param name="breaker">The breaker.</param>
/// <param name="flags">Whether it has a say.</param>
internal sealed class BreakerStrategy(Breaker breaker, FlagState flags) : ResilienceStrategy<HttpResponseMessage>
{
    protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback, ResilienceContext context, TState state)
    {
        if (!flags.IsOn(Flag.EnableCircuitBreaker))
        {
            return await callback(context, state);
        }

        if (!breaker.TryEnter(out var period))
        {
            return Outcome.FromException<HttpResponseMessage>(new BrokenCircuitException());
        }

        var outcome = await callback(context, state);
        breaker.Leave(period, context.CancellationToken.IsCancellationRequested ? null : !AgentHttp.IsFailure(outcome));
        return outcome;
    }
}
