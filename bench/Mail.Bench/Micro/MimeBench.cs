using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Bench.Micro;

/// <summary>Building and reading mails: messages and megabytes per second of processor time, octets allocated per message.</summary>
internal static class MimeBench
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    internal static void Run(TextWriter output)
    {
        output.WriteLine($"{"what",-44} {"msg/s",10} {"us/msg",8} {"MB/s",8} {"B alloc/msg",12}");
        var writer = new ArrayBufferWriter<byte>(1 << 20);
        foreach (var (_, mail) in Mails())
            for (var i = 0; i < 2000; i++) ReadAll(Write(writer, mail with { Attachments = [] }).ToArray()); // so that no code is measured before it is optimized
        foreach (var (name, mail) in Mails())
        {
            var octets = Write(writer, mail).ToArray();
            Measure(output, $"build {name}, {octets.Length:N0} B", octets.Length, () => Write(writer, mail));
            Measure(output, $"read structure of {name}", octets.Length, () => MimeMessage.Parse(octets));
            Measure(output, $"read all of {name}", octets.Length, () => ReadAll(octets));
            Peer(output, "  Python's email, the same", octets, "/usr/bin/python3", Script("read_mail.py"));
            Peer(output, "  npm mailparser, the same", octets, "node", Script("read_mail.cjs"), Path.Combine(Repository.Root, "tests/tools/node_modules"));
        }
        Measure(output, "parse address", 0, () => EmailAddress.TryParse("first.last+tag@mail.example.com", out _));
        Measure(output, "parse list of three", 0, () => AddressListParser.Parse("Anna <a@example.com>, \"B, C\" <b@example.com>, =?utf-8?Q?D=C3=B6?= <d@example.com>"));
    }

    private static IEnumerable<(string Name, OutgoingMail Mail)> Mails()
    {
        var mail = new OutgoingMail
        {
            From = new Mailbox("Acme Orders", EmailAddress.Parse("orders@mail.example.com")),
            To = [new Mailbox("Anna Smith", EmailAddress.Parse("anna.smith@example.net"))],
            ReplyTo = [new Mailbox(null, EmailAddress.Parse("help@example.com"))],
            Subject = "Your order 4711 has been shipped",
            Text = Body("Your order has been shipped and will arrive on Tuesday.\n", 800),
            Html = "<html><body>" + Body("<p>Your order has been <b>shipped</b>.</p>\n", 1200) + "</body></html>",
            Headers = [HeaderField.Create("List-Unsubscribe", "<https://example.com/u/abcdefghijklmnop>"), HeaderField.Create("X-Entity-Ref-ID", "4711")],
            MessageId = "0190a1b2c3d4e5f6@mail.example.com",
            Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
        yield return ("text+html", mail);
        yield return ("text+html, accents", mail with
        {
            Subject = "Größe geändert: Ihre Bestellung 4711 wurde verschickt",
            Text = Body("Ihre Größe wurde geändert, schöne Grüße.\n", 800),
            Html = "<html><body>" + Body("<p>Ihre <b>Größe</b> wurde geändert.</p>\n", 1200) + "</body></html>",
        });
        yield return ("with 1 MB attached", mail with { Attachments = [new MailAttachment { FileName = "a.pdf", ContentType = "application/pdf", Content = new byte[1 << 20] }] });
    }

    private static string Body(string line, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length) text.Append(line);
        return text.ToString();
    }

    private static ReadOnlySpan<byte> Write(ArrayBufferWriter<byte> writer, OutgoingMail mail)
    {
        writer.ResetWrittenCount();
        MimeWriter.Write(mail, writer);
        return writer.WrittenSpan;
    }

    private static void ReadAll(byte[] octets)
    {
        var mail = MimeMessage.Parse(octets);
        _ = mail.From;
        _ = mail.To;
        _ = mail.Subject;
        _ = mail.Date;
        _ = mail.Text;
        foreach (var attachment in mail.Attachments)
        {
            using var content = attachment.OpenContent();
            content.CopyTo(Stream.Null);
        }
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "bench/Mail.Bench/Micro", name);

    /// <summary>Another program doing the same work; a line says so when it is not installed.</summary>
    private static void Peer(TextWriter output, string what, byte[] octets, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} does not start.");
        process.StandardInput.BaseStream.Write(octets);
        process.StandardInput.Close();
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0 || !double.TryParse(answer, CultureInfo.InvariantCulture, out var rate)) output.WriteLine($"{what,-44} not measured");
        else output.WriteLine($"{what,-44} {rate,10:N0} {1e6 / rate,8:F2} {octets.Length * rate / 1e6,8:N0}");
    }

    private static void Measure(TextWriter output, string what, int octets, Action action)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 1500;) action();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        // Processor time, so that what else runs on the machine does not count
        var (start, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        long count = 0;
        while (clock.Elapsed < Measured)
            for (var i = 0; i < 10; i++, count++) action();
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{what,-44} {count / seconds,10:N0} {1e6 * seconds / count,8:F2} {octets * count / seconds / 1e6,8:N0} {allocated / count,12:N0}");
    }
}
