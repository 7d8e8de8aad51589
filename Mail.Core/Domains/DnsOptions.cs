using System.Net;
using Mail.Core.Domains.Records;
using Mail.Protocol.Dns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains;

/// <summary>Which name servers are asked.</summary>
public sealed class DnsOptions
{
    public const string Section = "Dns";

    /// <summary>Name servers as <c>address</c> or <c>address:port</c>, tried in order. Empty: those of /etc/resolv.conf.</summary>
    public IList<string> Servers { get; set; } = [];

    /// <summary>The name servers validate DNSSEC and nobody can change their answers on the way here (they run on this host, say): their AD bit is believed, and DANE applies. Default false.</summary>
    public bool TrustAuthenticatedData { get; set; }
}

public static class MailDns
{
    private const int DnsPort = 53;
    private const int FreshQueries = 64;

    /// <summary>Registers the one resolver of a process, and the one beside it for records that were just changed.</summary>
    public static IHostApplicationBuilder AddMailDns(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<DnsOptions>(DnsOptions.Section);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DnsOptions>, DnsOptionsValidator>());
        builder.Services.TryAddSingleton<IDnsResolver>(services => new StubResolver(new StubResolverOptions
        {
            Servers = Servers(services),
            TimeProvider = services.GetRequiredService<TimeProvider>(),
        }));
        builder.Services.TryAddSingleton(services => new FreshDns(new StubResolver(new StubResolverOptions
        {
            Servers = Servers(services),
            MaximumCacheEntries = 0,
            MaximumConcurrentQueries = FreshQueries,
            TimeProvider = services.GetRequiredService<TimeProvider>(),
        })));
        return builder;
    }

    private static IList<IPEndPoint> Servers(IServiceProvider services) =>
        [.. services.GetRequiredService<IOptions<DnsOptions>>().Value.Servers.Select(Parse)];

    private static IPEndPoint Parse(string text) =>
        TryParse(text, out var server) ? server : throw new FormatException($"'{text}' is no name server.");

    internal static bool TryParse(string text, out IPEndPoint server)
    {
        if (!IPEndPoint.TryParse(text, out server!))
            return false;
        if (server.Port == 0)
            server.Port = DnsPort;
        return true;
    }
}

internal sealed class DnsOptionsValidator : IValidateOptions<DnsOptions>
{
    public ValidateOptionsResult Validate(string? name, DnsOptions options)
    {
        var bad = options.Servers.Where(server => !MailDns.TryParse(server, out _)).ToList();
        return bad.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(bad.Select(server => $"Mail:Dns:Servers has '{server}', which is no address with or without a port."));
    }
}
