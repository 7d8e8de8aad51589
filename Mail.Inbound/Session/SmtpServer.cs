using System.Collections.Frozen;
using System.Net;
using Mail.Core.Domains;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Session;

/// <summary>What all sessions of the listener share.</summary>
internal sealed class SmtpServer
{
    /// <summary>
    /// Our own MAIL parameter: the W3C <c>traceparent</c> of the sender, so that one trace leads from the API call into
    /// this session. Offered in Development only.
    /// </summary>
    public const string TraceParameter = "XTRACE";

    private readonly FrozenDictionary<SmtpServiceKind, SmtpService> _services;

    public SmtpServer(
        IOptions<InboundOptions> options, IOptions<MailHostOptions> host, IHostEnvironment environment, ServerCertificates certificates, TimeProvider clock)
    {
        Options = options.Value;
        HostName = host.Value.Name;
        Clock = clock;
        var isTraced = environment.IsDevelopment();
        MailParameters = isTraced ? FrozenSet.Create(TraceParameter) : FrozenSet<string>.Empty;
        Certificates = certificates;
        Proxies = [.. options.Value.ProxyFrom.Select(ParseNetwork)];
        Greeting = SmtpReplies.Greeting(HostName);
        Helo = SmtpReplies.Helo(HostName);
        _services = Enum.GetValues<SmtpServiceKind>().ToFrozenDictionary(kind => kind,
            kind => new SmtpService(kind, FlagsOf(kind), HostName, Extensions(), isTraced ? TraceParameter : null));
    }

    public InboundOptions Options { get; }

    public string HostName { get; }

    public TimeProvider Clock { get; }

    public ServerCertificates Certificates { get; }

    /// <summary>Who says for whom it connects.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; }

    public FrozenSet<string> MailParameters { get; }

    public SmtpReply Greeting { get; }

    public SmtpReply Helo { get; }

    /// <summary>A network, or an address as a network of its own.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static IPNetwork ParseNetwork(string text) => IPAddress.TryParse(text, out var address)
        ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.Parse(text);

    public SmtpService Service(SmtpServiceKind kind) => _services[kind];

    // RFC 6409 §4.3 and RFC 8314 §3.3: a submission without log-in is refused, and a log-in without TLS.
    private SmtpSessionFlags FlagsOf(SmtpServiceKind kind) =>
        SmtpSessionFlags.ChunkingOffered
        | (Certificates.Any ? SmtpSessionFlags.TlsOffered : 0)
        | (kind == SmtpServiceKind.Exchange
            ? 0
            : SmtpSessionFlags.TlsRequired | SmtpSessionFlags.AuthOffered | SmtpSessionFlags.AuthRequired);

    private List<string> Extensions() =>
    [
        "PIPELINING", // RFC 2920
        $"SIZE {Options.MaxMessageBytes}", // RFC 1870
        "8BITMIME", // RFC 6152
        "SMTPUTF8", // RFC 6531
        "CHUNKING", // RFC 3030
        "ENHANCEDSTATUSCODES", // RFC 2034
    ];
}
