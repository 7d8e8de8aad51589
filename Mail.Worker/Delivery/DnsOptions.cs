using System.Net;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Who answers DNS questions.</summary>
internal sealed class DnsOptions
{
    public const string Section = "Dns";

    private const int DefaultPort = 53;

    /// <summary>Recursive resolvers, <c>address</c> or <c>address:port</c>, in order of preference. Default: those of /etc/resolv.conf.</summary>
    public IList<string> Servers { get; set; } = [];

    public IEnumerable<IPEndPoint> EndPoints() => Servers.Select(text =>
    {
        var endPoint = IPEndPoint.Parse(text);
        return endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, DefaultPort) : endPoint;
    });
}

internal sealed class DnsOptionsValidator : IValidateOptions<DnsOptions>
{
    public ValidateOptionsResult Validate(string? name, DnsOptions options)
    {
        var bad = options.Servers.Where(text => !IPEndPoint.TryParse(text, out _)).ToList();
        return bad.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(bad.Select(text => $"Mail:Dns:Servers has '{text}', which is no address with or without a port."));
    }
}
