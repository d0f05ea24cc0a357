using LearnFlow.Agents.Python;
using Microsoft.Extensions.Time.Testing;

namespace LearnFlow.Tests.Agents.Python;

/// <summary>Who gets a place in the sandbox, and who is sent away.</summary>
public sealed class SandboxPlacesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SandboxPlaces _places;

    public SandboxPlacesTests() => _places = new SandboxPlaces(new SandboxOptions { Concurrency = 1, MostWaiting = 2 }, _time);

    [Fact]
    public async Task Those_who_wait_get_their_places_in_the_order_in_which_they_came()
    {
        var first = await TakeAsync("a");
        var second = TakeAsync("b");
        var third = TakeAsync("c");
        Assert.False(second.IsCompleted);

        first.Dispose();
        var place = await second;
        Assert.False(third.IsCompleted);

        place.Dispose();
        (await third).Dispose();
        (await TakeAsync("d")).Dispose();
    }

    [Fact]
    public async Task Who_comes_when_the_queue_is_full_is_told_their_place_in_it_and_when_to_come_again()
    {
        using var first = await TakeAsync("a");
        _ = TakeAsync("b");
        _ = TakeAsync("c");

        var busy = await Assert.ThrowsAsync<SandboxBusyException>(() => TakeAsync("d"));

        Assert.Equal(3, busy.Problem.Extensions["place"]);
        Assert.Equal(1, busy.Problem.Extensions["retryAfter"]);
    }

    [Fact]
    public async Task Who_has_waited_long_enough_is_told_their_place_and_the_next_one_moves_up()
    {
        var first = await TakeAsync("a");
        var second = TakeAsync("b");
        _time.Advance(SandboxPlaces.LongestWait / 2);
        var third = TakeAsync("c");
        _time.Advance(SandboxPlaces.LongestWait / 2);

        Assert.Equal(1, (await Assert.ThrowsAsync<SandboxBusyException>(() => second)).Problem.Extensions["place"]);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task The_time_to_come_again_follows_from_how_long_programs_take()
    {
        for (var i = 0; i < 100; i++)
        {
            using var place = await TakeAsync("a");
            _time.Advance(TimeSpan.FromSeconds(4));
        }

        using var first = await TakeAsync("a");
        _ = TakeAsync("b");
        _ = TakeAsync("c");

        Assert.Equal(12, (await Assert.ThrowsAsync<SandboxBusyException>(() => TakeAsync("d"))).Problem.Extensions["retryAfter"]);
    }

    [Fact]
    public async Task A_student_has_two_places_and_those_of_others_stay_free()
    {
        var first = await TakeAsync("a");
        var second = TakeAsync("a");

        var busy = await Assert.ThrowsAsync<SandboxBusyException>(() => TakeAsync("a"));
        Assert.DoesNotContain("place", busy.Problem.Extensions.Keys);
        var other = TakeAsync("b");

        first.Dispose();
        (await second).Dispose();
        (await other).Dispose();
        (await TakeAsync("a")).Dispose();
    }

    [Fact]
    public async Task Who_does_not_wait_any_more_keeps_nobody_waiting()
    {
        var first = await TakeAsync("a");
        using var gone = new CancellationTokenSource();
        var second = _places.TakeAsync("b", gone.Token);
        var third = TakeAsync("c");

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await third).Dispose();
        using var again = await TakeAsync("b");
        _ = TakeAsync("b");
    }

    private Task<IDisposable> TakeAsync(string student) => _places.TakeAsync(student, TestContext.Current.CancellationToken);
}
