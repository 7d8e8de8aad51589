using System.Text.Json;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>Reports of recipients' providers (RFC 5965), as Python's mail packages write and send them.</summary>
internal static class FeedbackReports
{
    private const string Sender =
        """
        import json, smtplib, sys
        from email import policy
        from email.message import EmailMessage, MIMEPart
        with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as smtp:
            for report in json.load(sys.stdin):
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = "fbl@provider.example", report["to"], "Complaint"
                mail.set_content("A person has complained.")
                mail.make_mixed()
                facts = MIMEPart()
                facts["Content-Type"] = "message/feedback-report"
                facts.set_payload("Feedback-Type: %s\r\nUser-Agent: Provider/1.0\r\nVersion: 1\r\nOriginal-Mail-From: <%s>\r\n" % (report["type"], report["returnPath"]))
                mail.attach(facts)
                original = MIMEPart()
                original["Content-Type"] = "text/rfc822-headers"
                original.set_payload("Subject: News\r\n")
                mail.attach(original)
                mail.set_param("report-type", "feedback-report")
                octets = mail.as_bytes(policy=policy.SMTP).replace(b"multipart/mixed", b"multipart/report", 1)
                smtp.sendmail("", [report["to"]], octets)
        """;

    /// <summary>One after the other; returns when all are taken.</summary>
    public static Task SendAsync(int smtpPort, IEnumerable<FeedbackReport> reports) =>
        Programs.PythonAsync(Sender, JsonSerializer.SerializeToUtf8Bytes(reports, JsonSerializerOptions.Web), $"{smtpPort}");
}

/// <param name="To">The address for complaints, or the return path of what is complained about.</param>
/// <param name="Type">What the report says, such as <c>abuse</c>.</param>
internal sealed record FeedbackReport(string To, string Type, string ReturnPath);
