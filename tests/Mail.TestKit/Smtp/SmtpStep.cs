using System.Text;

namespace Mail.TestKit.Smtp;

/// <summary>What a scripted server does at a stage.</summary>
public abstract record SmtpStep
{
    /// <summary>Never answers; the connection stays open until the server is disposed.</summary>
    public static SmtpStep Hang { get; } = new Silence();

    /// <summary>Closes the connection in order.</summary>
    public static SmtpStep Drop { get; } = new Close(false);

    /// <summary>Closes with a TCP reset.</summary>
    public static SmtpStep Reset { get; } = new Close(true);

    /// <summary>Gives a reply: lines without CRLF, joined by LF.</summary>
    public static SmtpStep Reply(string lines) => new Send(Encoding.UTF8.GetBytes(lines.Replace("\n", "\r\n") + "\r\n"), false, false);

    /// <summary>Gives a reply and closes.</summary>
    public static SmtpStep ReplyAndDrop(string lines) => ((Send)Reply(lines)) with { ThenClose = true };

    /// <summary>Gives a reply one octet per write.</summary>
    public static SmtpStep Drip(string lines) => ((Send)Reply(lines)) with { OneByOne = true };

    /// <summary>Sends octets as they are.</summary>
    public static SmtpStep Raw(string latin1) => new Send(Encoding.Latin1.GetBytes(latin1), false, false);

    /// <summary>Says the same octets again and again, until the peer has had enough.</summary>
    public static SmtpStep Endless(string latin1) => new Repeat(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Says the same octet at each interval and never comes to an end.</summary>
    public static SmtpStep Trickle(char octet, TimeSpan interval) => new Repeat([(byte)octet]) { Interval = interval };

    /// <summary>At DATA: goes on as if there were no step, when the task has ended.</summary>
    public static SmtpStep WaitFor(Task task) => new Gate(task);

    internal sealed record Silence : SmtpStep;

    internal sealed record Gate(Task Task) : SmtpStep;

    internal sealed record Repeat(byte[] Octets) : SmtpStep
    {
        public TimeSpan Interval { get; init; }
    }

    internal sealed record Close(bool Hard) : SmtpStep;

    internal sealed record Send(byte[] Octets, bool OneByOne, bool ThenClose) : SmtpStep
    {
        /// <summary>The first digit of the last line, which is the one that counts.</summary>
        public char Class { get; } = Encoding.Latin1.GetString(Octets).TrimEnd('\r', '\n').Split('\n')[^1].FirstOrDefault();
    }
}
