using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate;

/// <summary>
/// What a gateway in front says of a request. It is believed only where the connection comes from one of its networks, and
/// it never stands for a token: the consumer that it names goes on record beside the student that the token names.
/// </summary>
internal static class Gateway
{
    /// <summary>What Kong calls whoever it has recognised.</summary>
    public const string ConsumerHeader = "X-Consumer-Username";

    private const int LongestConsumer = 128;

    /// <summary>What gateways put on a request about who sent it; from anybody else it is a lie.</summary>
    private static readonly string[] Claims = ["X-Consumer-", "X-Credential-", "X-Anonymous-Consumer", "X-Authenticated-", "X-Userinfo", "X-Forwarded-User", "X-Remote-User"];

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
        app.Use((context, next) =>
        {
            if (!IsTrusted(context, trusted))
            {
                Forget(context.Request.Headers);
            }

            return next(context);
        });
        if (trusted.Length > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Whom a believed gateway recognised, or null.</summary>
    public static string? Consumer(HttpContext context) =>
        context.Request.Headers[ConsumerHeader] is [{ Length: > 0 and <= LongestConsumer } consumer] && !consumer.Any(char.IsControl)
            ? consumer
            : null;

    private static bool IsTrusted(HttpContext context, System.Net.IPNetwork[] trusted)
    {
        if (trusted.Length == 0 || context.Connection.RemoteIpAddress is not { } address)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(trusted, network => network.Contains(address));
    }

    private static void Forget(IHeaderDictionary headers)
    {
        List<string>? lies = null;
        foreach (var header in headers.Keys)
        {
            if (header.StartsWith("X-", StringComparison.OrdinalIgnoreCase)
                && Array.Exists(Claims, claim => header.StartsWith(claim, StringComparison.OrdinalIgnoreCase)))
            {
                (lies ??= []).Add(header);
            }
        }

        lies?.ForEach(header => headers.Remove(header));
    }
}
