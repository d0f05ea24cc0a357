using System.Diagnostics.Metrics;
using LearnFlow.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LearnFlow.Tests.Integration;

/// <summary>Commands of many requests that leave together, where a part of Redis is away.</summary>
public sealed class RedisPipelineTests(RedisAlone<RedisClusterUnderTest> redis) : IClassFixture<RedisAlone<RedisClusterUnderTest>>
{
    private const int Away = 1;

    [Fact]
    public async Task Of_a_cluster_the_nodes_that_are_there_are_asked_though_one_is_away()
    {
        await using var connection = await redis.ConnectAsync();
        var pipeline = new RedisPipeline(connection, TimeProvider.System);
        var keys = Enumerable.Range(0, 60).Select(i => (RedisKey)$"key-{i}").ToLookup(
            key => RedisClusterUnderTest.NodeOf(connection.HashSlot(key)) == Away);
        await redis.Server.StopAsync(Away);
        await Eventually.HoldsAsync("it is known to be away", () =>
            Task.FromResult(connection.GetServers().Count(server => !server.IsConnected) == 1));

        await Assert.ThrowsAnyAsync<RedisException>(() => pipeline.SendAsync(batch => batch.StringSetAsync(keys[true].First(), "a")));

        Assert.All(
            await Task.WhenAll(keys[false].Select(key => pipeline.SendAsync(batch => batch.StringSetAsync(key, "a")))), Assert.True);
    }

    [Fact]
    public async Task What_is_gathered_leaves_in_one_round_trip_with_whatever_others_ask_for_meanwhile()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var readings = new MeterReadings(services);
        await using var connection = await redis.ConnectAsync();
        var pipeline = new RedisPipeline(connection, TimeProvider.System, services.GetRequiredService<IMeterFactory>());
        var key = Enumerable.Range(0, 60).Select(i => (RedisKey)$"gathered-{i}").First(
            key => RedisClusterUnderTest.NodeOf(connection.HashSlot(key)) != Away);
        Task<long>[] commands;

        using (pipeline.Gather())
        {
            using (pipeline.Gather())
            {
                commands = [Increment(), Increment(), Increment()];
            }

            Assert.DoesNotContain(commands, command => command.IsCompleted);
        }

        var counted = await Task.WhenAll(commands);
        Assert.Equal([1, 2, 3], counted);
        Assert.Equal(1, readings.Count("learnflow.redis.round_trip.duration"));
        // Nothing is held back any more.
        Assert.Equal(4, await Increment());
        using (pipeline.Gather())
        {
        }

        Assert.Equal(5, await Increment());

        Task<long> Increment() => pipeline.SendAsync(batch => batch.StringIncrementAsync(key));
    }

    [Fact]
    public async Task Commands_of_a_connection_that_is_closed_fail_and_none_waits_for_ever()
    {
        var connection = await redis.ConnectAsync();
        var pipeline = new RedisPipeline(connection, TimeProvider.System);
        await connection.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => pipeline.SendAsync(batch => batch.StringSetAsync("key", "a")));
        await Assert.ThrowsAnyAsync<Exception>(() => pipeline.SendAsync(batch => batch.StringSetAsync("key", "a")));
    }
}
