using System.Net;
using System.Net.Sockets;

namespace LearnFlow.Triage.Gate;

/// <summary>Whose connection a request came on.</summary>
internal static class ClientAddress
{
    /// <summary>Of an IPv6 address the first 64 bits, for that is what a household or a machine is given.</summary>
    private const int Ipv6PrefixBytes = 8;

    /// <summary>The address of the client, as it is counted.</summary>
    /// <param name="context">The request, behind what believes a proxy.</param>
    public static string Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
