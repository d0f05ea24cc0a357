using LearnFlow.ServiceDefaults.Contracts;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;
#if USE_ASPIRE
using Microsoft.Extensions.Hosting;
#else
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
#endif

namespace LearnFlow.ServiceDefaults;

/// <summary>The connection to Redis: one multiplexer per service, which comes back by itself after Redis does.</summary>
internal static class RedisConnection
{
    /// <summary>
    /// How long a command may take before Redis counts as gone, in milliseconds, unless the connection string says otherwise.
    /// </summary>
    private const int CommandTimeoutMs = 1000;

    public static void AddRedisConnection(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[Topology.RedisSetting]))
        {
            throw new StartupException(
                $"No Redis is configured: set {Topology.RedisSetting} (as an environment variable "
                + $"{Topology.AsEnvironmentVariable(Topology.RedisSetting)}), for example to 127.0.0.1:6379.");
        }

#if USE_ASPIRE
        builder.AddRedisClient(Topology.Redis, settings => settings.DisableHealthChecks = true, Configure);
#else
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var options = ConfigurationOptions.Parse(services.GetRequiredService<IConfiguration>()[Topology.RedisSetting]!);
            Configure(options);
            var connection = ConnectionMultiplexer.Connect(options);
            RedisTracing.Watch(connection);
            return connection;
        });
#endif
    }

    /// <summary>Fills in what the connection string does not say, and what no connection string may change.</summary>
    private static void Configure(ConfigurationOptions options)
    {
        // Only what was said is in it, so that whoever says the library's own default gets that.
        var said = options.ToString(includePassword: false);
        options.AsyncTimeout = IsSaid("asyncTimeout") ? options.AsyncTimeout : CommandTimeoutMs;
        options.SyncTimeout = IsSaid("syncTimeout") ? options.SyncTimeout : CommandTimeoutMs;
        options.ConnectTimeout = IsSaid("connectTimeout") ? options.ConnectTimeout : CommandTimeoutMs;
        options.AbortOnConnectFail = false;
        // A command sent while Redis is away fails at once instead of waiting for it in a backlog.
        options.BacklogPolicy = BacklogPolicy.FailFast;

        bool IsSaid(string name) => said.Contains($",{name}=", StringComparison.OrdinalIgnoreCase);
    }
}
