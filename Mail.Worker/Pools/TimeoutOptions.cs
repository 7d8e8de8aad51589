using System.ComponentModel.DataAnnotations;
using Mail.Protocol.Smtp;

namespace Mail.Worker.Pools;

/// <summary>How long a server may take at each step of a delivery. The defaults are the least that RFC 5321 §4.5.3.2 asks for.</summary>
internal sealed class TimeoutOptions
{
    public const string Section = "Timeouts";

    /// <summary>The server's first words. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Greeting { get; set; } = SmtpTimeouts.Default.Greeting;

    /// <summary>The replies to EHLO, AUTH, RSET, MAIL and RCPT, each. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Command { get; set; } = SmtpTimeouts.Default.Command;

    /// <summary>The reply to STARTTLS, and the handshake. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Tls { get; set; } = SmtpTimeouts.Default.Tls;

    /// <summary>The reply to DATA. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DataInitiation { get; set; } = SmtpTimeouts.Default.DataInitiation;

    /// <summary>The server's taking each piece of the message. Default 3 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DataBlock { get; set; } = SmtpTimeouts.Default.DataBlock;

    /// <summary>The reply to the end of the message. Too short a time sends mail twice. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DataTermination { get; set; } = SmtpTimeouts.Default.DataTermination;

    /// <summary>The reply to QUIT, which changes nothing. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Quit { get; set; } = SmtpTimeouts.Default.Quit;

    public SmtpTimeouts ToSmtp(TimeSpan connect) => new()
    {
        Connect = connect,
        Greeting = Greeting,
        Command = Command,
        Mail = Command,
        Rcpt = Command,
        Tls = Tls,
        DataInitiation = DataInitiation,
        DataBlock = DataBlock,
        DataTermination = DataTermination,
        Quit = Quit,
    };
}
