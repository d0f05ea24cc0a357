using System.Net;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate;

/// <summary>The proxies in front of triage whose word is taken for where a request came from.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gateway";

    /// <summary>Their networks, such as <c>10.0.0.0/8</c>; none unless set.</summary>
    public List<string> TrustedNetworks { get; set; } = [];

    /// <summary>Proxies that a request passes, 1 to 10; 1 unless set.</summary>
    public int Hops { get; set; } = 1;

    /// <summary>The networks, read.</summary>
    internal IEnumerable<IPNetwork> Networks => TrustedNetworks.Select(IPNetwork.Parse);

    /// <summary>Refuses networks that are none.</summary>
    internal sealed class Check : IValidateOptions<GatewayOptions>
    {
        public ValidateOptionsResult Validate(string? name, GatewayOptions options)
        {
            var failures = options.TrustedNetworks
                .Where(network => !IPNetwork.TryParse(network, out _))
                .Select(network => $"Gateway:TrustedNetworks has \"{network}\"; it must be a network such as 10.0.0.0/8 or fd00::/8.")
                .ToList();
            if (options.Hops is < 1 or > 10)
            {
                failures.Add("Gateway:Hops must be 1 to 10.");
            }

            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
