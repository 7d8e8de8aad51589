using System.Text;
using Mail.Protocol.Bounces;
using Mail.Protocol.Dsn;
using Mail.Protocol.Mime;
using Mail.Protocol.Tests.Dkim;

namespace Mail.Protocol.Tests.Dsn;

public class DsnWriterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(1));

    private static readonly DsnRecipient s_recipient = new("nobody@example.org", DsnAction.Failed, "5.1.1")
    {
        OriginalRecipient = "Nobody@example.org",
        RemoteMta = "mx.example.org",
        Diagnostic = "550 5.1.1 User unknown",
        SmtpCode = 550,
        LastAttempt = s_now,
    };

    [Fact]
    public void Written_report_is_read_alike()
    {
        var draft = Draft(s_recipient, new("müller@example.org", DsnAction.Delayed, "4.2.2") { WillRetryUntil = s_now.AddDays(1) });

        var report = DsnReader.Read(MimeMessage.Parse(DsnWriter.Write(draft)))!;

        Assert.Equal(draft.Recipients, report.Recipients);
        Assert.Equal(("mx.example.com", "env_1", s_now), (report.ReportingMta, report.OriginalEnvelopeId, report.ArrivalDate));
        Assert.Equal("msg_1@example.com", report.OriginalMessageId);
    }

    [Fact]
    public void Same_draft_gives_the_same_octets_in_short_lines()
    {
        var octets = DsnWriter.Write(Draft(s_recipient with { Diagnostic = new string('x', 5000) }));

        Assert.Equal(octets, DsnWriter.Write(Draft(s_recipient with { Diagnostic = new string('x', 5000) })));
        Assert.All(Encoding.UTF8.GetString(octets).Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 998));
    }

    [Fact]
    public void No_value_leaves_its_field()
    {
        const string evil = "x\r\nBcc: victim@example.org\r\n\r\n--dsn_\nInjected: yes";
        var draft = Draft(new DsnRecipient(evil, DsnAction.Failed, evil) { Diagnostic = evil, RemoteMta = evil, OriginalRecipient = evil })
            with { From = evil, Subject = evil, ReportingMta = evil, OriginalEnvelopeId = evil, To = evil };

        var text = Encoding.UTF8.GetString(DsnWriter.Write(draft));

        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("Bcc:") || line.StartsWith("Injected:"));
    }

    [Fact]
    public async Task Python_reads_the_report_alike()
    {
        const string script = """
            import sys, email, email.policy
            m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
            parts = list(m.iter_parts())
            groups = parts[1].get_payload()
            print(m.get_content_type(), m.get_param("report-type"), len(parts), len(groups), m.defects)
            print(groups[0]["Reporting-MTA"], "|", groups[1]["Final-Recipient"], "|", groups[1]["Action"], "|", groups[1]["Status"], "|", groups[1]["Diagnostic-Code"])
            print("msg_1@example.com" in parts[2].get_content())
            """;

        var output = await DkimPeers.RunPython(script, Encoding.UTF8.GetString(DsnWriter.Write(Draft(s_recipient))));

        Assert.Equal(
            ["multipart/report delivery-status 3 2 []", "dns; mx.example.com | rfc822; nobody@example.org | failed | 5.1.1 | smtp; 550 5.1.1 User unknown", "True"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Recipient_of_a_report_can_be_classified()
    {
        var generic = s_recipient with { Status = "5.0.0" };

        Assert.Equal("5.1.1", generic.ToBounceReply().EnhancedCode);
        Assert.Equal(BounceEffect.Hard, BounceClassifier.Default.Classify(generic.ToBounceReply()).Effect);
    }

    private static DsnDraft Draft(params DsnRecipient[] recipients) => new()
    {
        From = "Mail Delivery System <postmaster@mx.example.com>",
        To = "sender@example.com",
        MessageId = "dsn_1@mx.example.com",
        Date = s_now,
        ReportingMta = "mx.example.com",
        OriginalEnvelopeId = "env_1",
        ArrivalDate = s_now,
        Recipients = recipients,
        OriginalHeader = "From: sender@example.com\r\nMessage-ID: <msg_1@example.com>\r\nSubject: Hi\r\n\r\n"u8.ToArray(),
    };
}
