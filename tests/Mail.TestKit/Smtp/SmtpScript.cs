using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Mail.TestKit.Smtp;

/// <summary>A message a scripted server took.</summary>
/// <param name="ReversePath">The path with its angle brackets, and its parameters behind a space.</param>
/// <param name="Recipients">The same per RCPT.</param>
/// <param name="Content">Without transparency dots.</param>
/// <param name="Encrypted">It came over TLS.</param>
public sealed record ReceivedMessage(string ReversePath, IReadOnlyList<string> Recipients, byte[] Content, bool Encrypted);

/// <summary>How a scripted server behaves. Without rules it takes every message.</summary>
public sealed class SmtpScript
{
    /// <summary>The stage before any command, for <see cref="On(string, SmtpStep)"/>.</summary>
    public const string Connect = "CONNECT";

    /// <summary>The TLS handshake; a step there takes its place.</summary>
    public const string Handshake = "HANDSHAKE";

    /// <summary>EHLO over TLS; without rule of its own it is like any EHLO.</summary>
    public const string SecureEhlo = "EHLO/TLS";

    /// <summary>The first line of the message; behind the step nothing more of it is read.</summary>
    public const string Body = "BODY";

    /// <summary>The stage behind the final dot or BDAT LAST.</summary>
    public const string EndOfData = ".";

    private readonly List<Rule> _rules = [];

    public string HostName { get; init; } = "mx.test";

    /// <summary>The lines of the EHLO reply behind the host name.</summary>
    public IReadOnlyList<string> Extensions { get; init; } =
        ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "CHUNKING", "SIZE 52428800"];

    /// <summary>Offers STARTTLS with this certificate.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Further certificates to send with it.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Octets that the system keeps of what the server has not read; null for the system's choice.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>TLS from the first octet.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>Does a step at each occurrence of a stage: a verb, <see cref="Connect"/> or <see cref="EndOfData"/>.</summary>
    public SmtpScript On(string stage, SmtpStep step) => On(stage, _ => true, step);

    /// <summary>Does a step when the command line satisfies the condition; later rules win.</summary>
    public SmtpScript On(string stage, Func<string, bool> when, SmtpStep step)
    {
        lock (_rules)
            _rules.Add(new Rule(stage, when, step, null));
        return this;
    }

    /// <summary>Does a step at the next occurrences of a stage only, counted over all connections.</summary>
    public SmtpScript Next(string stage, SmtpStep step, int times = 1)
    {
        lock (_rules)
            _rules.Add(new Rule(stage, _ => true, step, times));
        return this;
    }

    /// <summary>Forgets all steps: from now on it takes every message.</summary>
    public void Clear()
    {
        lock (_rules)
            _rules.Clear();
    }

    internal bool Has(string stage)
    {
        lock (_rules)
            return _rules.Exists(rule => rule.Left != 0 && rule.Stage == stage);
    }

    internal SmtpStep? Find(string stage, string line)
    {
        lock (_rules)
        {
            var rule = _rules.FindLast(rule => rule.Left != 0 && rule.When(line)
                && string.Equals(rule.Stage, stage, StringComparison.OrdinalIgnoreCase));
            if (rule is { Left: > 0 })
                rule.Left--;
            return rule?.Step;
        }
    }

    internal SslServerAuthenticationOptions TlsOptions() => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(Certificate!, Intermediates, offline: true),
    };

    private sealed record Rule(string Stage, Func<string, bool> When, SmtpStep Step, int? Times)
    {
        public int? Left { get; set; } = Times;
    }
}
