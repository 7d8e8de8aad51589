using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Core.Sandbox;
using Mail.Protocol.Arf;
using Mail.Protocol.Dsn;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Sandbox;

/// <summary>Sends bounces and complaints of sandbox addresses by SMTP to our own listener, as another server would.</summary>
internal sealed class SandboxReports(
    SandboxDomain sandbox, IOptions<DeliveryOptions> delivery, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private const string UserAgent = "Mail-Sandbox/1.0";

    /// <summary>Null when it was taken, else why not.</summary>
    public async Task<string?> SendAsync(SandboxFollowUp followUp, CancellationToken cancellationToken)
    {
        if (delivery.Value.CaptureAddress is not { } address || HostAndPort.TryParse(address) is not { } listener)
            return "no listener is configured that takes its reports";
        var options = new SmtpClientOptions { LocalName = $"mx.{sandbox.Name}", ServerName = listener.Host, TimeProvider = clock };
        switch (await SmtpClientConnection.ConnectAsync(listener.EndPoint, options, cancellationToken))
        {
            case SmtpConnectResult.Failed(var failure):
                return $"{failure.Stage}: {failure.Cause}";
            case SmtpConnectResult.Connected(var connection):
                await using (connection)
                {
                    var problem = await SendAsync(connection, followUp, cancellationToken);
                    await connection.QuitAsync(cancellationToken);
                    return problem;
                }
            default:
                throw new InvalidOperationException("No result of connecting.");
        }
    }

    private async Task<string?> SendAsync(SmtpClientConnection connection, SandboxFollowUp followUp, CancellationToken cancellationToken)
    {
        var isBounce = followUp.Kind == SandboxFollowUpKind.Bounce;
        var to = isBounce ? followUp.ReturnPath : $"{host.Value.FeedbackMailbox}@{host.Value.BounceDomain}";
        var envelope = new SmtpEnvelope
        {
            // RFC 5321 §4.5.5: a report of a bounce has the null sender, so that none can answer another.
            ReturnPath = isBounce ? SmtpPath.Null : SmtpPath.Parse($"complaints@{sandbox.Name}"),
            Recipients = [new SmtpRecipient(SmtpPath.Parse(to))],
        };
        var result = await connection.SendAsync(envelope, isBounce ? BounceOf(followUp) : ComplaintOf(followUp, to), cancellationToken);
        var reply = result.Recipients[0].Reply;
        return reply is { IsPositive: true } && result.Failure is null ? null : reply?.ToString() ?? result.Failure?.Cause.ToString() ?? "refused";
    }

    private byte[] BounceOf(SandboxFollowUp followUp)
    {
        var now = clock.GetUtcNow();
        return DsnWriter.Write(new DsnDraft
        {
            From = $"Mail Delivery System <MAILER-DAEMON@{sandbox.Name}>",
            To = followUp.ReturnPath,
            MessageId = IdOf(followUp),
            Date = now,
            ReportingMta = $"mx.{sandbox.Name}",
            Recipients =
            [
                new DsnRecipient(followUp.Recipient.Address, DsnAction.Failed, "5.1.1")
                {
                    Diagnostic = "550 5.1.1 No such user here, says the sandbox", SmtpCode = 550, LastAttempt = now,
                },
            ],
            OriginalHeader = followUp.Content,
        });
    }

    private byte[] ComplaintOf(SandboxFollowUp followUp, string to) => ArfWriter.Write(new ArfDraft
    {
        From = $"complaints@{sandbox.Name}",
        To = to,
        MessageId = IdOf(followUp),
        Date = clock.GetUtcNow(),
        UserAgent = UserAgent,
        OriginalMailFrom = followUp.ReturnPath,
        OriginalRecipient = followUp.Recipient.Address,
        OriginalHeader = followUp.Content,
    });

    // The same each time that it is tried.
    private string IdOf(SandboxFollowUp followUp) =>
        $"{followUp.Kind}.{followUp.Recipient.Message}.{followUp.Recipient.Ordinal}@{sandbox.Name}".ToLowerInvariant();
}
