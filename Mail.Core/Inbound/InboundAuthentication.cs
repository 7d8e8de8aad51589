using System.Buffers;
using Mail.Core.Domains;
using Mail.Core.Text;
using Mail.Protocol.Arc;
using Mail.Protocol.AuthenticationResults;
using Mail.Protocol.Dkim;
using Mail.Protocol.Dmarc;
using Mail.Protocol.Dns;
using Mail.Protocol.Mime;
using Mail.Protocol.Spf;
using Microsoft.Extensions.Options;

namespace Mail.Core.Inbound;

/// <summary>Says who a mail is from, as far as SPF, DKIM, DMARC and ARC can tell within a time and a number of questions.</summary>
public sealed class InboundAuthentication(
    IDnsResolver resolver, IOptions<InboundMailOptions> options, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private const string Temperror = "temperror";
    private const int MaxReasonLength = 300;

    internal Task<InboundChecks> CheckAsync(InboundEnvelope envelope, ReadOnlySequence<byte> mail, CancellationToken cancellationToken) =>
        CheckAsync(envelope, mail, resolver, options.Value.CheckTime, cancellationToken);

    /// <summary>The same for a mail that our own workers bring.</summary>
    /// <param name="terms">What stands for our senders in an SPF record.</param>
    public Task<InboundChecks> CheckOwnAsync(
        InboundEnvelope envelope, ReadOnlySequence<byte> mail, IReadOnlyList<string> terms, TimeSpan time, CancellationToken cancellationToken) =>
        CheckAsync(envelope, mail, new SentFromHere(resolver, terms, envelope.ClientAddress), time, cancellationToken);

    /// <summary>The same, in less time.</summary>
    public Task<InboundChecks> CheckAsync(
        InboundEnvelope envelope, ReadOnlySequence<byte> mail, TimeSpan time, CancellationToken cancellationToken) =>
        CheckAsync(envelope, mail, resolver, time, cancellationToken);

    private async Task<InboundChecks> CheckAsync(
        InboundEnvelope envelope, ReadOnlySequence<byte> mail, IDnsResolver asked, TimeSpan longest, CancellationToken cancellationToken)
    {
        var dns = new BudgetedResolver(asked, options.Value.MaxLookups);
        using var time = new CancellationTokenSource(longest, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        var checkSpf = TryAsync(token => SpfEvaluator.CheckMailFromAsync(
            envelope.ClientAddress, envelope.MailFrom, envelope.HelloName, dns, new SpfOptions { ReceivingHost = host.Value.Name, TimeProvider = clock }, token));
        var checkDkim = TryAsync(token => new DkimVerifier(dns, clock).VerifyAsync(mail, token));
        var checkArc = TryAsync(token => new ArcValidator(dns, clock).ValidateAsync(mail, token));
        var (spf, dkim, arc) = (await checkSpf, await checkDkim, await checkArc);
        var author = AuthorDomainOf(mail);
        var dmarc = await TryAsync(token => DmarcEvaluator.EvaluateAsync(Input(author, spf, dkim), dns, token));
        return new InboundChecks(Of(spf), Of(dkim), Of(dmarc, author), Of(arc));

        async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T>> check) where T : class
        {
            try
            {
                return await check(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>What others wrote in our name is taken off (RFC 8601 §5), so that our field is the only one of ours.</summary>
    internal ReadOnlySequence<byte> Strip(ReadOnlySequence<byte> mail) =>
        AuthenticationResultsStripper.Strip(mail, id => id.Equals(host.Value.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The field that says what was found.</summary>
    internal string Field(InboundEnvelope envelope, InboundChecks checks) => AuthenticationResultsWriter.Write(host.Value.Name,
    [
        new AuthenticationResult("spf", checks.Spf.Result)
        {
            Properties = envelope.MailFrom.Length > 0
                ? [new AuthenticationProperty("smtp", "mailfrom", envelope.MailFrom)]
                : [new AuthenticationProperty("smtp", "helo", envelope.HelloName)],
        },
        .. checks.Dkim.Select(check => new AuthenticationResult("dkim", check.Result)
        {
            Properties = check.Domain is null ? [] : [new AuthenticationProperty("header", "d", check.Domain)],
        }),
        new AuthenticationResult("dmarc", checks.Dmarc.Result)
        {
            Properties = checks.Dmarc.Domain is null ? [] : [new AuthenticationProperty("header", "from", checks.Dmarc.Domain)],
        },
        new AuthenticationResult("arc", checks.Arc.Result),
    ]);

    // RFC 9989 §4.6: with several author domains there is none that could be meant.
    private static string? AuthorDomainOf(ReadOnlySequence<byte> mail) =>
        MimeMessage.Parse(HeaderOf(mail)).From.Mailboxes.Select(mailbox => mailbox.Address.AsciiDomain).Distinct(StringComparer.OrdinalIgnoreCase).ToList() is [var only]
            ? only
            : null;

    // What comes behind it says nothing of the author, and is most of a mail.
    private static ReadOnlySequence<byte> HeaderOf(ReadOnlySequence<byte> mail) =>
        new SequenceReader<byte>(mail).TryReadTo(out ReadOnlySequence<byte> header, "\r\n\r\n"u8) ? header : mail;

    private static DmarcInput Input(string? author, SpfOutcome? spf, IReadOnlyList<DkimResult>? dkim) => new(
        author ?? "",
        spf is null ? null : new DmarcIdentifier(spf.Domain, spf.Result switch
        {
            SpfResult.Pass => DmarcMechanismResult.Pass,
            SpfResult.Temperror => DmarcMechanismResult.Temperror,
            SpfResult.None or SpfResult.Neutral or SpfResult.Fail or SpfResult.Softfail or SpfResult.Permerror => DmarcMechanismResult.Fail,
            _ => throw new ArgumentOutOfRangeException(nameof(spf)),
        }),
        [.. (dkim ?? []).Where(result => result.Domain.Length > 0).Select(result => new DmarcIdentifier(result.Domain, result.Status switch
        {
            DkimStatus.Pass => DmarcMechanismResult.Pass,
            DkimStatus.Temperror => DmarcMechanismResult.Temperror,
            _ => DmarcMechanismResult.Fail,
        }))]);

    private static InboundCheck Of(SpfOutcome? spf) => spf is null
        ? new InboundCheck(Temperror)
        : new InboundCheck(Word(spf.Result), Text(spf.Domain), Reason: Text(spf.Problem));

    private static IReadOnlyList<InboundCheck> Of(IReadOnlyList<DkimResult>? dkim) => dkim switch
    {
        null => [new InboundCheck(Temperror)],
        [] => [new InboundCheck("none")],
        // Of several signatures the one that passes speaks for the message (RFC 6376 §6.1).
        _ => [.. dkim.OrderBy(result => result.Status == DkimStatus.Pass ? 0 : 1).Select(result =>
            new InboundCheck(Word(result.Status), Text(result.Domain), Text(result.Selector), Reason: Text(result.Reason)))],
    };

    private static InboundCheck Of(DmarcOutcome? dmarc, string? author) => dmarc is null
        ? new InboundCheck(Temperror, author)
        : new InboundCheck(Word(dmarc.Result), author, Policy: dmarc.Record is null ? null : Word(dmarc.Policy), Reason: Text(dmarc.Problem));

    private static InboundCheck Of(ArcResult? arc) => arc is null || arc.IsTemporary
        ? new InboundCheck(Temperror)
        : new InboundCheck(Word(arc.Status), arc.Sets.Count > 0 ? Text(arc.Sets[^1].Domain) : null, Reason: Text(arc.Reason));

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : StorableText.Of(text, MaxReasonLength);
}
