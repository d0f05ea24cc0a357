using LearnFlow.Triage.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace LearnFlow.Tests.Triage.Dispatch;

public sealed class BreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker(_time);

    [Fact]
    public void Five_failures_in_a_row_open_it_and_a_success_between_them_does_not()
    {
        Call(false, times: 4);
        Call(true);
        Call(false, times: 4);
        Assert.Equal(BreakerState.Closed, _breaker.State);

        Call(false);

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void It_stays_open_for_thirty_seconds_and_then_lets_three_probes_through()
    {
        Call(false, times: 5);
        _time.Advance(Breaker.Pause - TimeSpan.FromMilliseconds(1));
        Assert.False(_breaker.TryEnter(out _));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => _breaker.TryEnter(out var _)));
    }

    [Fact]
    public void Three_probes_that_succeed_close_it()
    {
        HalfOpen();

        Call(true, times: 2);
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Call(true);

        Assert.Equal(BreakerState.Closed, _breaker.State);
        Call(false, times: 4);
        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void A_probe_that_fails_opens_it_again_for_as_long()
    {
        HalfOpen();

        Call(true);
        Call(false);

        Assert.Equal(BreakerState.Open, _breaker.State);
        _time.Advance(Breaker.Pause - TimeSpan.FromMilliseconds(1));
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void A_probe_whose_student_went_away_makes_room_for_another()
    {
        HalfOpen();
        for (var i = 0; i < 10; i++)
        {
            Call(null);
        }

        Call(true, times: 3);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void A_call_that_began_before_a_change_says_nothing_about_what_holds_after_it()
    {
        Assert.True(_breaker.TryEnter(out var early));
        Call(false, times: 5);
        _breaker.Leave(early, succeeded: true);
        Assert.Equal(BreakerState.Open, _breaker.State);

        _time.Advance(Breaker.Pause);
        Assert.True(_breaker.TryEnter(out _));
        _breaker.Leave(early, succeeded: false);

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    private void HalfOpen()
    {
        Call(false, times: 5);
        _time.Advance(Breaker.Pause);
    }

    private void Call(bool? succeeded, int times = 1)
    {
        for (; times > 0; times--)
        {
            Assert.True(_breaker.TryEnter(out var period));
            _breaker.Leave(period, succeeded);
        }
    }
}
