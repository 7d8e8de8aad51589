using System.Security.Cryptography.X509Certificates;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Faults;

/// <summary>Makes hosts that have the faults named in <c>mx-faults.txt</c>.</summary>
internal sealed class MxFault(LoopbackInternet internet, TestCertificates authority)
{
    private static readonly string[] Pipelining = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 52428800"];
    private static readonly string[] Plain = ["8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 52428800"];
    private static readonly TimeSpan Trickle = TimeSpan.FromMilliseconds(200);

    private readonly X509Certificate2 _expired = authority.Issue("expired.test", expired: true);
    private readonly X509Certificate2 _other = authority.Issue("other.test");

    public void Place(string host, MxFaultRow row, bool pipelining)
    {
        switch (row.Stage, row.Fault)
        {
            case ("connect", "refused"):
                internet.Refuse(host);
                break;
            case ("connect", "silent"):
                internet.Silence(host);
                break;
            default:
                internet.Serve(host, ScriptOf(row, pipelining ? Pipelining : Plain));
                break;
        }
    }

    private SmtpScript ScriptOf(MxFaultRow row, string[] extensions)
    {
        var script = new SmtpScript
        {
            Extensions = extensions,
            Certificate = row.Stage is "starttls" or "handshake" or "tls-ehlo" ? (row.Fault == "expired" ? _expired : _other) : null,
            ReceiveBuffer = row.Stage == "body" ? 4096 : null,
        };
        // The connection that RSET is said on is one that a message was refused on.
        if (row.Stage == "rset")
            script.On("RCPT", line => line.Contains("<gone@", StringComparison.Ordinal), SmtpStep.Reply("550 5.1.1 gone"));
        if (row.Stage == "helo")
            script.On("EHLO", SmtpStep.Reply("502 5.5.1 not implemented"));
        return row.Fault is "expired" or "wrong-name" ? script : script.On(StageOf(row.Stage), StepOf(row));
    }

    private static string StageOf(string stage) => stage switch
    {
        "connect" or "banner" => SmtpScript.Connect,
        "tls-ehlo" => SmtpScript.SecureEhlo,
        "dot" => SmtpScript.EndOfData,
        _ => stage.ToUpperInvariant(),
    };

    private static SmtpStep StepOf(MxFaultRow row)
    {
        var good = row.Stage switch { "banner" => "220", "data" => "354", "quit" => "221", _ => "250" };
        return row.Fault switch
        {
            "hang" => SmtpStep.Hang,
            "drop" => SmtpStep.Drop,
            "reset" => SmtpStep.Reset,
            "drip" => SmtpStep.Drip($"{good}-one octet\n{good} at a time"),
            "trickle" => SmtpStep.Trickle(good[0] == '3' ? '3' : '2', Trickle),
            "garbage" => SmtpStep.Raw("\x00\x01\xfe\xff\x80 no words\r\n\r\n"),
            "overlong" => SmtpStep.Raw($"{good} {new string('x', 100_000)}\r\n"),
            "endless" => SmtpStep.Endless($"{good}-and another line\r\n"),
            // The code of the last line decides.
            "switch-ok" or "switch-go" => SmtpStep.Raw($"550-no\r\n{good} or rather yes\r\n"),
            "injection" => SmtpStep.Raw("220 2.0.0 go\r\n250 2.0.0 and what I always wanted to say\r\n"),
            "alert" => SmtpStep.Raw("\x15\x03\x03\x00\x02\x02\x28"),
            "plain" => SmtpStep.Reply("220 still in the clear"),
            _ when row.Fault.EndsWith('!') => SmtpStep.ReplyAndDrop($"{row.Fault[..^1]} said at {row.Stage}"),
            _ => SmtpStep.Reply($"{row.Fault} said at {row.Stage}"),
        };
    }
}
