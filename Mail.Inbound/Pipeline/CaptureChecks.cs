using Mail.Core.Domains.Records;
using Mail.Core.Inbound;

namespace Mail.Inbound.Pipeline;

/// <summary>What a receiver outside would find out about a captured mail.</summary>
internal sealed class CaptureChecks(InboundAuthentication authentication, DomainRecords records, RecipientPolicy policy)
{
    // Who develops without a network waits for every mail that long.
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    public async Task<InboxAuthentication> RunAsync(ReceivedMail mail)
    {
        var envelope = new InboundEnvelope(mail.ReversePath.Address, [], mail.ClientAddress, mail.HelloName, mail.ProtocolName);
        var checks = policy.MessageOf(mail.ReversePath) is null
            ? await authentication.CheckAsync(envelope, mail.Body, Time, CancellationToken.None)
            : await authentication.CheckOwnAsync(envelope, mail.Body, records.SpfTerms, Time, CancellationToken.None);
        var (dkim, spf, dmarc) = (checks.Dkim[0], checks.Spf, checks.Dmarc);
        return new InboxAuthentication(
            new DkimSummary(dkim.Result, dkim.Domain, dkim.Selector, dkim.Reason), new SpfSummary(spf.Result, spf.Domain, spf.Reason),
            new DmarcSummary(dmarc.Result, dmarc.Domain, dmarc.Policy, dmarc.Reason));
    }
}
