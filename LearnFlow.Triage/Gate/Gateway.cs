using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// What a gateway in front says of a request. It is believed only where the connection comes from one of its networks, and
/// it never stands for a token: the consumer that it names goes on record beside the student that the token names.
/// </summary>
internal static class Gateway
{
    /// <summary>What Kong calls whoever it has recognised. Of its other headers none is read.</summary>
    public const string ConsumerHeader = "X-Consumer-Username";

    private const int LongestConsumer = 128;

    private static readonly object ConsumerKey = new();

    public static void AddGateway(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptions.Check>();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<GatewayOptions>>((forwarded, gateway) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = gateway.Value.Hops;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in gateway.Value.Networks)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
        });
    }

    public static void UseGateway(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Networks.ToArray();
        if (trusted.Length == 0)
        {
            return;
        }

        // Before the connection's address gives way to the one that the gateway names.
        app.Use((context, next) =>
        {
            if (IsTrusted(context.Connection.RemoteIpAddress, trusted)
                && context.Request.Headers[ConsumerHeader] is [{ Length: > 0 and <= LongestConsumer } consumer]
                && !consumer.Any(char.IsControl))
            {
                context.Items[ConsumerKey] = consumer;
            }

            return next(context);
        });
        app.UseForwardedHeaders();
    }

    /// <summary>Whom a believed gateway recognised, or null.</summary>
    public static string? Consumer(HttpContext context) => context.Items[ConsumerKey] as string;

    private static bool IsTrusted(IPAddress? address, IPNetwork[] trusted)
    {
        if (address is null)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(trusted, network => network.Contains(address));
    }
}
