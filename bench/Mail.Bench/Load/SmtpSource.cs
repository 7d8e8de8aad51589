using System.Diagnostics;

namespace Mail.Bench.Load;

/// <summary>Postfix's SMTP load generator.</summary>
internal static class SmtpSource
{
    private const int Sessions = 50;

    /// <summary>Messages per second over sessions that stay open.</summary>
    public static Task<double> RunAsync(int port, int messages, int bytes, string from, string to) =>
        RunAsync(port, messages, Sessions, from, to, "-l", $"{bytes}");

    /// <summary>The same, of a mail in a file; its lines end with LF.</summary>
    public static Task<double> RunAsync(int port, int messages, FileInfo mail, string from, string to, int sessions = Sessions) =>
        RunAsync(port, messages, sessions, from, to, "-F", mail.FullName);

    private static async Task<double> RunAsync(int port, int messages, int sessions, string from, string to, params string[] content)
    {
        var watch = Stopwatch.StartNew();
        await HostProcess.RunAsync("/usr/sbin/smtp-source",
            ["-d", "-s", $"{sessions}", "-m", $"{messages}", .. content, "-f", from, "-t", to, $"127.0.0.1:{port}"]);
        return messages / watch.Elapsed.TotalSeconds;
    }
}
