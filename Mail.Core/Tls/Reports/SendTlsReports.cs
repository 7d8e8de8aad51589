using System.Collections.Frozen;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Azure;
using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Webhooks;
using Mail.Protocol.Addresses;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Tls.Reports;

/// <summary>Sends the reports of days that are over: by mail through our own queue, or by HTTPS (RFC 8460 §5).</summary>
public sealed partial class SendTlsReports(
    TlsReportStore store, TlsReportChannels channels, IOptions<TlsReportOptions> options, IDnsResolver resolver, ILogger<SendTlsReports> logger)
{
    /// <summary>Sends one; false when none is due.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.From is null || await store.ClaimAsync(cancellationToken) is not var (day, domain))
            return false;
        var asked = await resolver.ResolveTxtAsync(TlsRptRecord.NameFor(domain), cancellationToken);
        if (asked.IsTemporary)
            return true;
        if (asked.IsFound && TlsRptRecord.Find(asked.Records) is { } record)
        {
            var report = ReportOf(day, domain, await store.CountsAsync(day, domain, cancellationToken));
            foreach (var destination in record.Destinations)
            {
                if (await channels.SendAsync(report, domain, destination, cancellationToken) is { } problem)
                {
                    Log.ReportNotSent(logger, domain, destination, problem);
                    return true;
                }
            }
        }
        await store.SetSentAsync(day, domain, cancellationToken);
        return true;
    }

    private TlsReport ReportOf(DateOnly day, string domain, List<TlsSessionCount> counts)
    {
        var start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var sender = options.Value.Sender!;
        return new TlsReport
        {
            OrganizationName = options.Value.OrganizationName ?? sender.AsciiDomain,
            ContactInfo = sender.Address,
            ReportId = string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.{domain}@{sender.AsciiDomain}"),
            Start = start,
            End = start.AddDays(1).AddSeconds(-1),
            Policies = [.. counts.GroupBy(count => count.PolicyType).Select(TlsSessionCount.PolicyOf)],
        };
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The TLS report to {Domain} was not sent to {Destination}: {Problem}")]
        public static partial void ReportNotSent(ILogger logger, string domain, Uri destination, string problem);
    }
}

/// <summary>The two ways that a report may take.</summary>
public sealed class TlsReportChannels(
    AcceptMessages messages, DomainStore domains, IHttpClientFactory clients, IOptions<TlsReportOptions> options, TimeProvider clock)
{
    private const string MediaType = "application/tlsrpt+gzip";
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    /// <summary>Null when it was sent; else why not.</summary>
    public Task<string?> SendAsync(TlsReport report, string domain, Uri destination, CancellationToken cancellationToken) =>
        destination.Scheme == Uri.UriSchemeMailto
            ? MailAsync(report, domain, destination, cancellationToken)
            : PostAsync(report, destination, cancellationToken);

    private async Task<string?> MailAsync(TlsReport report, string domain, Uri destination, CancellationToken cancellationToken)
    {
        var sender = options.Value.Sender!;
        if (!EmailAddress.TryParse(Uri.UnescapeDataString(destination.AbsoluteUri["mailto:".Length..].Split('?')[0]), out var to))
            return null;
        if (await domains.FindOwnerAsync(sender.AsciiDomain, cancellationToken) is not { Status: DomainStatus.Verified } owner)
            return $"{sender.AsciiDomain} is no verified sending domain";
        var caller = new Caller(owner.Organization, null, SendingMode.Live, FrozenSet.Create(Scopes.FullAccess), null);
        try
        {
            var outcome = await messages.AcceptAsync(caller, MessageOf(report, domain, sender, to), cancellationToken);
            return outcome is AcceptOutcome.Accepted or AcceptOutcome.Replayed ? null : outcome.GetType().Name;
        }
        catch (Exception error) when (error is RequestFailedException or NpgsqlException)
        {
            return error.Message;
        }
    }

    private static OutgoingMessage MessageOf(TlsReport report, string domain, EmailAddress sender, EmailAddress to) => new()
    {
        From = new Mailbox(null, sender),
        Recipients = [new OutgoingRecipient(RecipientKind.To, new Mailbox(null, to))],
        Subject = report.Subject(sender.AsciiDomain),
        Text = $"This is an aggregate TLS report from {report.OrganizationName} about mail to {domain}.",
        Headers = new Dictionary<string, string>
        {
            ["TLS-Report-Domain"] = domain,
            ["TLS-Report-Submitter"] = sender.AsciiDomain,
            // RFC 8460 §3: a report about TLS that fails must not fail for the same reason.
            ["TLS-Required"] = "No",
        },
        Attachments = [new OutgoingAttachment(report.FileName(sender.AsciiDomain, compressed: true), MediaType, null, TlsReportWriter.WriteCompressed(report))],
        Priority = DeliveryPriority.Bulk,
        // Another worker that repeats what this one did not come to the end of sends no second mail.
        Idempotency = new Idempotency("tls-report", $"{report.ReportId} {to.Address}"[..Math.Min(256, report.ReportId.Length + to.Address.Length + 1)],
            SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(report.ReportId))),
    };

    private async Task<string?> PostAsync(TlsReport report, Uri destination, CancellationToken cancellationToken)
    {
        if (WebhookUrl.Check(destination.AbsoluteUri, new WebhookOptions()) is { } refused)
            return refused;
        using var timeout = new CancellationTokenSource(_timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(MtaStsFetch.ClientName);
            using var content = new ByteArrayContent(TlsReportWriter.WriteCompressed(report));
            content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
            using var request = new HttpRequestMessage(HttpMethod.Post, destination) { Content = content };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"the answer is {(int)response.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            return error.InnerException?.Message ?? error.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }
}
