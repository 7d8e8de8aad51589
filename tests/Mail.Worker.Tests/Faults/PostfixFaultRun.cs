using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Faults;

/// <summary>Lets Postfix send to the same hosts, and reads in its log how its first attempts ended.</summary>
internal static partial class PostfixFaultRun
{
    public static async Task<Dictionary<string, string>> RunAsync(
        IEnumerable<MxFaultRow> rows, LoopbackInternet internet, TestCertificates authority, string largeText, CancellationToken cancellationToken)
    {
        var all = rows.ToList();
        // Not GetTempFileName: Postfix's unprivileged processes read it.
        var transports = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllLinesAsync(transports, all.SelectMany(row => TransportsOf(row, internet)), cancellationToken);
            using var certificate = authority.Issue("postfix.test");
            await using var postfix = await PostfixServer.StartAsync(certificate, cancellationToken, settings: Settings(transports));
            await SubmitAsync(postfix, all.Where(row => row.Stage != "body"), "A small one.", cancellationToken);
            await SubmitAsync(postfix, all.Where(row => row.Stage == "body"), largeText, cancellationToken);
            return await ReadEndsAsync(postfix, all.Count * 2, cancellationToken);
        }
        finally
        {
            File.Delete(transports);
        }
    }

    // Lists of next hops take the place of MX records, for which Postfix would need the system's name servers.
    private static IEnumerable<string> TransportsOf(MxFaultRow row, LoopbackInternet internet)
    {
        var (alone, next) = (row.Domain('a'), row.Domain('n'));
        yield return $"{alone} smtp:{HopOf(internet, $"mx.{alone}")}";
        yield return $"{next} smtp:{HopOf(internet, $"mx.{next}")}, {HopOf(internet, MxFaultRun.Healthy)}";
    }

    private static string HopOf(LoopbackInternet internet, string host)
    {
        var endPoint = internet.EndPointOf(host);
        return $"[{endPoint.Address}]:{endPoint.Port}";
    }

    private static string[] Settings(string transports)
    {
        string[] timeouts = ["connect", "helo", "starttls", "mail", "rcpt", "data_init", "data_xfer", "data_done", "rset", "quit"];
        var seconds = MxFaultRun.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return
        [
            "mynetworks = 127.0.0.0/8", "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination", "smtpd_recipient_limit = 10000", "message_size_limit = 0",
            "mailbox_size_limit = 0", "virtual_mailbox_limit = 0", $"transport_maps = texthash:{transports}",
            "smtp_tls_security_level = may", "smtp_connection_cache_on_demand = no", "bounce_queue_lifetime = 0", "default_process_limit = 150",
            "smtp_per_request_deadline = yes",
            .. timeouts.Select(name => $"smtp_{name}_timeout = {seconds}s"),
        ];
    }

    private static async Task SubmitAsync(PostfixServer postfix, IEnumerable<MxFaultRow> rows, string text, CancellationToken cancellationToken)
    {
        var options = new SmtpClientOptions { LocalName = "client.test", Tls = SmtpTlsMode.Disabled };
        var connected = Assert.IsType<SmtpConnectResult.Connected>(await SmtpClientConnection.ConnectAsync(postfix.EndPoint, options, cancellationToken));
        await using var connection = connected.Connection;
        var result = await connection.SendAsync(new SmtpEnvelope
        {
            ReturnPath = SmtpPath.Parse("sender@demo.test"),
            Recipients = [.. rows.SelectMany(row => new[] { row.Domain('a'), row.Domain('n') }).Select(domain => new SmtpRecipient(SmtpPath.Parse($"ann@{domain}")))],
        }, Encoding.ASCII.GetBytes($"From: sender@demo.test\r\nSubject: faults\r\n\r\n{text}\r\n"), cancellationToken);
        Assert.All(result.Recipients, recipient => Assert.Equal(SmtpRecipientOutcome.Accepted, recipient.Outcome));
    }

    private static async Task<Dictionary<string, string>> ReadEndsAsync(PostfixServer postfix, int count, CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, string>();
        try
        {
            await foreach (var line in postfix.ReadLogAsync(cancellationToken))
            {
                if (EndLine().Match(line) is { Success: true } end)
                    ends.TryAdd(end.Groups["domain"].Value, end.Groups["status"].Value);
                if (ends.Count == count)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // What has not ended is told by the rows that it is missing in.
        }
        return ends;
    }

    [GeneratedRegex(@" to=<ann@(?<domain>[^>]+)>, .* status=(?<status>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex EndLine();
}
