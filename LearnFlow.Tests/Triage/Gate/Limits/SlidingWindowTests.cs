using CsCheck;
using LearnFlow.Triage.Gate.Limits;

namespace LearnFlow.Tests.Triage.Gate.Limits;

public sealed class SlidingWindowTests
{
    private const long Window = 100;

    [Fact]
    public void It_lets_in_exactly_what_fits_into_every_window_however_callers_come()
    {
        var steps = Gen.Select(Gen.Long[0, 60], Gen.Int[1, 4]).List[1, 200];
        Gen.Select(steps, Gen.Int[1, 12]).Sample((arrivals, limit) =>
        {
            var window = new SlidingWindow();
            List<long> admitted = [];
            var now = 1000L;
            foreach (var (pause, wanted) in arrivals)
            {
                now += pause;
                // One that is a whole window old still counts.
                var counted = admitted.Where(at => at >= now - Window).ToList();
                var (let, free, freeFrom) = window.Take(now, Window, limit, wanted);

                Assert.Equal(Math.Min(wanted, limit - counted.Count), let);
                admitted.AddRange(Enumerable.Repeat(now, let));
                counted.AddRange(Enumerable.Repeat(now, let));
                Assert.Equal(limit - counted.Count, free);
                Assert.Equal(counted[0] + Window, freeFrom);
                Assert.True(free > 0 || window.Look(freeFrom, Window, limit).Free == 0);
                Assert.True(window.Look(freeFrom + 1, Window, limit).Free > 0);
                // Looking ahead has let those go that the next caller may still meet.
                window = Replay(admitted);
            }
        });
    }

    [Fact]
    public void What_others_let_in_blocks_until_it_leaves()
    {
        var window = new SlidingWindow();
        window.Block(1000, 1040);

        Assert.Equal((0, 0, 1040), window.Take(1010, Window, 5, 1));
        Assert.Equal((0, 0, 1040), window.Take(1040, Window, 5, 1));
        Assert.Equal(1, window.Take(1041, Window, 5, 1).Admitted);
    }

    [Fact]
    public void A_limit_that_was_lowered_frees_a_place_when_few_enough_are_left()
    {
        var window = new SlidingWindow();
        for (var at = 0; at < 5; at++)
        {
            window.Add(1000 + at, 1);
        }

        var (free, freeFrom) = window.Look(1010, Window, 2);

        Assert.Equal(0, free);
        Assert.Equal(1003 + Window, freeFrom);
        Assert.Equal(1, window.Look(freeFrom + 1, Window, 2).Free);
    }

    private static SlidingWindow Replay(List<long> admitted)
    {
        var window = new SlidingWindow();
        admitted.ForEach(at => window.Add(at, 1));
        return window;
    }
}
