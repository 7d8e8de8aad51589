using System.Collections.Frozen;
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

    private readonly SmtpReply _ehlo;
    private readonly SmtpReply _ehloInTls;

    public SmtpServer(
        IOptions<InboundOptions> options, IOptions<MailHostOptions> host, IHostEnvironment environment, VerbHandlers handlers, TimeProvider clock)
    {
        Options = options.Value;
        HostName = host.Value.Name;
        Clock = clock;
        Handlers = handlers;
        IsTraced = environment.IsDevelopment();
        MailParameters = IsTraced ? FrozenSet.Create(TraceParameter) : FrozenSet<string>.Empty;
        Certificates = new ServerCertificates(options, environment, HostName, clock);
        Flags = SmtpSessionFlags.ChunkingOffered | (Certificates.Current is null ? 0 : SmtpSessionFlags.TlsOffered);
        Greeting = SmtpReplies.Greeting(HostName);
        Helo = SmtpReplies.Helo(HostName);
        _ehlo = SmtpReplies.Ehlo(HostName, Extensions(Flags));
        _ehloInTls = SmtpReplies.Ehlo(HostName, Extensions(Flags | SmtpSessionFlags.TlsActive));
    }

    public InboundOptions Options { get; }

    public string HostName { get; }

    public TimeProvider Clock { get; }

    public VerbHandlers Handlers { get; }

    public ServerCertificates Certificates { get; }

    public FrozenSet<string> MailParameters { get; }

    /// <summary>What a session starts with.</summary>
    public SmtpSessionFlags Flags { get; }

    public SmtpReply Greeting { get; }

    public SmtpReply Helo { get; }

    private bool IsTraced { get; }

    public SmtpReply Ehlo(SmtpSessionFlags flags) => flags.HasFlag(SmtpSessionFlags.TlsActive) ? _ehloInTls : _ehlo;

    private IEnumerable<string> Extensions(SmtpSessionFlags flags)
    {
        yield return "PIPELINING"; // RFC 2920
        yield return $"SIZE {Options.MaxMessageBytes}"; // RFC 1870
        yield return "8BITMIME"; // RFC 6152
        yield return "SMTPUTF8"; // RFC 6531
        yield return "CHUNKING"; // RFC 3030
        yield return "ENHANCEDSTATUSCODES"; // RFC 2034
        // RFC 3207 §4.2: not offered once TLS is active.
        if (flags.HasFlag(SmtpSessionFlags.TlsOffered) && !flags.HasFlag(SmtpSessionFlags.TlsActive))
            yield return "STARTTLS";
        if (IsTraced)
            yield return TraceParameter;
    }
}
