using System.Diagnostics;

namespace Mail.Bench.Load;

/// <summary>Postfix's SMTP load generator.</summary>
internal static class SmtpSource
{
    private const int Sessions = 20;

    /// <summary>Messages per second, one new connection per message unless kept.</summary>
    public static async Task<double> RunAsync(int port, int messages, int bytes, string from, string to)
    {
        var watch = Stopwatch.StartNew();
        await HostProcess.RunAsync("/usr/sbin/smtp-source",
            ["-d", "-s", $"{Sessions}", "-m", $"{messages}", "-l", $"{bytes}", "-f", from, "-t", to, $"127.0.0.1:{port}"]);
        return messages / watch.Elapsed.TotalSeconds;
    }
}
