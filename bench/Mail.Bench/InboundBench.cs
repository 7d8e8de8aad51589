using Mail.Bench.Load;
using Mail.Bench.Peers;
using Mail.TestKit.Dns;

namespace Mail.Bench;

/// <summary>Mail that comes in, to an inbound domain: checked by SPF, DKIM, DMARC and ARC, parsed, stored with its event. Peers beside it.</summary>
internal static class InboundBench
{
    private const string Domain = "in.test";
    private const string To = "help@" + Domain;
    private const int SmallBytes = 4_096;
    private const int LargeBytes = 40_000_000;
    private const int LargeSessions = 5;
    private const int LargeMessages = 10;
    private const int Statements = 12;
    // The runtime compiles what is hot only after it has seen it some thousand times.
    private const int WarmUp = 8_000;

    public static async Task RunAsync(ResultTable table, int messages, bool withPeers, bool withStatements)
    {
        using var mail = new InboundMail();
        await using var names = TestDnsServer.Start(mail.Zone);
        await using var sink = await SmtpSink.StartAsync();
        await using var system = await BenchSystem.StartAsync(sink.Port, names.EndPoint);
        await system.AddInboundDomainAsync(Domain);
        var small = mail.Alternative(SmallBytes);
        await SmtpSource.RunAsync(system.SmtpPort, WarmUp, small, InboundMail.From, To);

        await SmallAsync(table, system, sink, small, messages, withPeers, withStatements);
        await CapturedAsync(table, system, sink, messages);
        table.AddFact("peak memory so far, MB", $"inbound {system.Inbound.PeakMegabytes():N0}");
        await LargeAsync(table, system, sink, mail.WithFile(LargeBytes), withPeers);
    }

    private static async Task SmallAsync(
        ResultTable table, BenchSystem system, SmtpSink sink, FileInfo mail, int messages, bool withPeers, bool withStatements)
    {
        if (withStatements)
            await system.ResetStatementsAsync();
        var cpu = system.MeasureCpu(sink);
        var ours = await SmtpSource.RunAsync(system.SmtpPort, messages, mail, InboundMail.From, To);
        var cost = cpu.PerMessage(messages);
        double? postfix = null, haraka = null;
        if (withPeers)
            (postfix, haraka) = (await PostfixAsync(sink, mail, messages), await HarakaAsync(mail, messages));
        table.Add("inbound SMTP, 4 KB, durable, checked, parsed", ours, postfix, "signed mail; Postfix neither checks nor parses");
        table.AddFact("", cost);
        if (haraka is { } rate)
            table.Add("the same, beside Haraka", ours, rate, "the peer is Haraka, which throws the mail away: nothing is durable");
        if (withStatements)
        {
            foreach (var (time, calls, text) in await system.StatementsAsync(Statements))
                table.AddFact("", $"{time / messages:F4} ms/message, {(double)messages / calls,7:F1} messages a call: {text}");
        }
    }

    private static async Task CapturedAsync(ResultTable table, BenchSystem system, SmtpSink sink, int messages)
    {
        var cpu = system.MeasureCpu(sink);
        var ours = await SmtpSource.RunAsync(system.SmtpPort, messages, SmallBytes, "shop@demo.test", "user@demo.test");
        table.Add("into the dev inbox, 4 KB, durable", ours, null, "");
        table.AddFact("", cpu.PerMessage(messages));
    }

    private static async Task LargeAsync(ResultTable table, BenchSystem system, SmtpSink sink, FileInfo mail, bool withPeers)
    {
        var megabytes = mail.Length / 1e6;
        system.Inbound.ResetPeak();
        var before = system.Inbound.PeakMegabytes();
        var cpu = system.MeasureCpu(sink);
        var ours = await SmtpSource.RunAsync(system.SmtpPort, LargeMessages, mail, InboundMail.From, To, LargeSessions);
        var cost = cpu.PerMessage(LargeMessages);
        double? postfix = null;
        if (withPeers)
        {
            await using var peer = await Postfix.StartAsync(sink.Port, holds: true);
            postfix = await SmtpSource.RunAsync(peer.Port, LargeMessages, mail, InboundMail.From, To, LargeSessions);
        }
        table.AddFact($"inbound SMTP, {LargeSessions} connections x {megabytes:N0} MB",
            $"{ours * megabytes:N0} MB/s; Postfix {(postfix * megabytes)?.ToString("N0") ?? "-"} MB/s, which stores it once and reads nothing of it");
        table.AddFact("", cost);
        table.AddFact("", $"memory of inbound, MB: {before:N0} before, {system.Inbound.PeakMegabytes():N0} at most");
    }

    private static async Task<double> PostfixAsync(SmtpSink sink, FileInfo mail, int messages)
    {
        await using var postfix = await Postfix.StartAsync(sink.Port, holds: true);
        return await SmtpSource.RunAsync(postfix.Port, messages, mail, InboundMail.From, To);
    }

    private static async Task<double?> HarakaAsync(FileInfo mail, int messages)
    {
        await using var haraka = await Haraka.TryStartAsync();
        return haraka is null ? null : await SmtpSource.RunAsync(haraka.Port, messages, mail, InboundMail.From, To);
    }
}
