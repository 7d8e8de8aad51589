using System.Text;
using Mail.Protocol.Arf;
using Mail.Protocol.Bounces;
using Mail.Protocol.Dsn;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>Bounces and complaints: whatever is read can be classified and written again.</summary>
internal static class ReportFuzzTarget
{
    internal static string[] Corpus => ["Dsn/Vectors", "Arf/Vectors"];

    internal static string[] Seeds =>
    [
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nFinal-Recipient: utf-8; \\x{FC}@b\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550-5.1.1 x",
        "Subject: failure notice\r\n\r\nHi. This is the qmail-send program at x.\n<a@b.example>:\nsorry (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nSubject: x\n",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var octets = input.ToArray();
        var message = MimeMessage.Parse(octets);
        _ = ArfReader.Read(message);
        BounceClassifier.Default.Classify(new BounceReply(BounceStage.RcptTo, null, null, Encoding.UTF8.GetString(octets)));
        if (DsnReader.Read(message) is not { } report)
            return;

        Assert.InRange(report.Recipients.Count, 1, 1001);
        foreach (var recipient in report.Recipients)
            BounceClassifier.Default.Classify(recipient.ToBounceReply());
        var written = DsnWriter.Write(new DsnDraft
        {
            From = "a@example.com", To = "b@example.com", MessageId = "1@example.com", Date = DateTimeOffset.UnixEpoch,
            ReportingMta = report.ReportingMta ?? "mx", Recipients = report.Recipients,
        });
        Assert.NotNull(DsnReader.Read(MimeMessage.Parse(written)));
    }
}
