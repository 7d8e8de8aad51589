using System.Globalization;
using Mail.Core.Bounces;
using Mail.Core.Sandbox;
using Mail.Inbound.Pipeline;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Sandbox;

/// <summary>
/// What RCPT answers for the addresses of the sandbox. Only mail of this installation is played with: its return path has to
/// be signed by us for a message that has this recipient. Nobody else ever sees such a return path, so nobody can make us
/// send reports.
/// </summary>
internal sealed class SandboxPolicy(SandboxDomain domain, SandboxStore store, ReturnPath returnPaths, IOptions<SandboxOptions> options)
{
    // RFC 3463 §3.8
    private static readonly SmtpReply Foreign = new(550, "5.7.1", "The sandbox takes mail of this installation only");

    private readonly SmtpReply _unknown = new(550, "5.1.1", string.Create(
        CultureInfo.InvariantCulture,
        $"No such sandbox address. There are: delivered, bounce+550 (any 5yz), defer+451x2 (any 4yz, up to x{options.Value.MaxDefers}), "
        + $"slow+30s (up to {options.Value.MaxSlow.TotalSeconds:0}s), dsn-later+60s (up to {options.Value.MaxLater.TotalSeconds:0}s), "
        + $"complaint, open, click"));

    public bool IsFor(SmtpPath recipient) => domain.Is(recipient.Domain);

    public async ValueTask<Admission> AdmitAsync(SmtpPath reversePath, SmtpPath recipient, CancellationToken cancellationToken)
    {
        if (returnPaths.Read(reversePath.LocalPart) is not { } sent
            || await store.FindRecipientAsync(sent.Message, recipient.Address, cancellationToken) is not { } found)
            return Foreign;
        return SandboxScript.TryParse(recipient.LocalPart, options.Value) switch
        {
            null => Asked(_unknown),
            SandboxScript.Bounce(var code) => Asked(SandboxReplies.Bounce(code)),
            // By recorded attempts: neither a restart nor another listener changes how often it was refused.
            SandboxScript.Defer(var code, var times) when found.Attempts < times =>
                Asked(SandboxReplies.Defer(code, found.Attempts + 1, times)),
            var script => new Destination.Sandbox(script, found),
        };
    }

    private static Admission Asked(SmtpReply reply) => new(null, reply, IsAsked: true);
}
