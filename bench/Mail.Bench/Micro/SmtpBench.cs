using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Bench.Micro;

/// <summary>
/// SMTP transactions per second from the client to a server made of the library's parts, over loopback in one process, and the
/// speed of what touches every octet: dot-stuffing, its reverse, command and reply parsing.
/// </summary>
internal static class SmtpBench
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    internal static void Run(TextWriter output)
    {
        foreach (var connections in (int[])[1, 4])
            MeasureTransactionsAsync(output, connections).GetAwaiter().GetResult();
        var mail = Message(64 * 1024);
        var sink = new ArrayBufferWriter<byte>(1 << 20);
        MeasureOctets(output, "dot-stuff", mail.Length, () =>
        {
            sink.ResetWrittenCount();
            new SmtpDotStuffer(true).Write(mail, sink);
        });
        MeasureOctets(output, "take dots out, check line ends", mail.Length, () =>
        {
            sink.ResetWrittenCount();
            new SmtpDataDecoder(long.MaxValue).Decode(mail, sink, out _);
        });
        MeasureOctets(output, "parse MAIL with parameters", 1, () =>
            SmtpCommandParser.Parse("MAIL FROM:<sender@example.org> SIZE=2048 BODY=8BITMIME"u8));
        MeasureOctets(output, "parse RCPT", 1, () => SmtpCommandParser.Parse("RCPT TO:<first.last@example.org>"u8));
        MeasureOctets(output, "parse reply", 1, () => SmtpReplyParser.TryParse("250 2.1.5 Recipient OK\r\n"u8, out _, out _));
    }

    private static async Task MeasureTransactionsAsync(TextWriter output, int connections)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(connections);
        var mail = Message(2048);
        var allocated = GC.GetTotalAllocatedBytes();
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var servers = Enumerable.Range(0, connections).Select(_ => Task.Run(() => SmtpBenchServer.ServeAsync(listener))).ToArray();
        var clients = Enumerable.Range(0, connections).Select(_ => Task.Run(() => SendAsync(listener.LocalEndPoint!, mail, clock))).ToArray();
        var total = (await Task.WhenAll(clients)).Sum();
        var elapsed = clock.Elapsed;
        await Task.WhenAll(servers);
        output.WriteLine(
            $"{$"SMTP client to server, {connections} connection(s), 2 KB",-48} {total / elapsed.TotalSeconds,10:N0} /s "
            + $"{(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / total,8:N1} us cpu "
            + $"{(GC.GetTotalAllocatedBytes() - allocated) / total,8:N0} B alloc (both sides)");
    }

    private static async Task<long> SendAsync(EndPoint server, byte[] mail, Stopwatch clock)
    {
        var options = new SmtpClientOptions { LocalName = "bench.example" };
        var result = await SmtpClientConnection.ConnectAsync(server, options, CancellationToken.None);
        await using var connection = ((SmtpConnectResult.Connected)result).Connection;
        var envelope = SmtpEnvelope.Create("sender@example.org", "first.last@example.org");
        var sent = 0L;
        for (; clock.Elapsed < Measured; sent++)
        {
            var transaction = await connection.SendAsync(envelope, mail, CancellationToken.None);
            if (!transaction.IsAccepted)
                throw new InvalidOperationException(transaction.Failure?.ToString());
        }
        await connection.QuitAsync(CancellationToken.None);
        return sent;
    }

    private static void MeasureOctets(TextWriter output, string what, int octets, Action run)
    {
        for (var i = 0; i < 200; i++)
            run();
        var rounds = 0L;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        for (; clock.Elapsed < Measured; rounds += 50)
        {
            for (var i = 0; i < 50; i++)
                run();
        }
        var each = clock.Elapsed / rounds;
        var rate = octets > 1 ? $"{octets / each.TotalSeconds / 1e6,10:N0} MB/s" : $"{1 / each.TotalSeconds,10:N0} /s  ";
        output.WriteLine($"{what,-48} {rate} {(GC.GetAllocatedBytesForCurrentThread() - allocated) / rounds,8:N0} B alloc");
    }

    private static byte[] Message(int octets)
    {
        var text = new StringBuilder("From: sender@example.org\r\nSubject: bench\r\n\r\n");
        while (text.Length < octets)
            text.Append("A line of an ordinary message, as long as most lines of mail are today.\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
