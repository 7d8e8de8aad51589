using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpCommandFuzzTarget
{
    private static readonly IReadOnlySet<string> Extra = new HashSet<string> { "XTRACE" };

    internal static string[] Seeds =>
    [
        "MAIL FROM:<a@b.test> SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=<> XTRACE=00-1",
        "RCPT TO:<@r.test:\"a\\\"b\"@[IPv6:2001:db8::1]> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+40b",
        "RCPT TO:<j\u00c3\u00b6rg@gr\u00c3\u00bcn.test>", "MAIL FROM:<>", "RCPT TO:<postmaster>", "AUTH PLAIN AGEAYg==", "BDAT 10 LAST", "EHLO [1.2.3.4]",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var path = SmtpCommandParser.Parse(input, Extra) switch
        {
            SmtpCommand.Mail mail => mail.ReversePath,
            SmtpCommand.Rcpt rcpt => rcpt.ForwardPath,
            _ => SmtpPath.Null,
        };
        Assert.DoesNotContain(path.Address, char.IsControl);
        // What was understood, written again, is understood the same.
        var again = SmtpCommandParser.Parse(Encoding.UTF8.GetBytes($"MAIL FROM:{path} SMTPUTF8"));
        if (!ReferenceEquals(path, SmtpPath.Postmaster) && path.WireOctets <= SmtpLimits.MaxPathOctets)
            Assert.Equal(path, Assert.IsType<SmtpCommand.Mail>(again).ReversePath);
    }
}
