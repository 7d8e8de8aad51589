using System.Text;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Bench.Load;

/// <summary>Signed mails of a sender whose domain publishes SPF, DKIM and DMARC, in files.</summary>
internal sealed class InboundMail : IDisposable
{
    public const string From = "ann@writer.test";
    private const string Domain = "writer.test";
    private const string Selector = "s1";
    private const int LineOctets = 57; // 76 characters of base64

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-mail-");
    private readonly DkimKey _key = DkimKey.Generate(DkimKeyType.Rsa);

    /// <summary>What the sender's domain publishes.</summary>
    public DnsZone Zone => new DnsZone().Txt($"{Selector}._domainkey.{Domain}", _key.PublicKeyRecord)
        .Txt(Domain, "v=spf1 ip4:127.0.0.1 -all").Txt($"_dmarc.{Domain}", "v=DMARC1; p=reject");

    /// <summary>Text and HTML of about so many octets in all.</summary>
    public FileInfo Alternative(int octets)
    {
        var line = "Your order 4711 has left our house and will be with you soon. ".PadRight(74, '-') + "\r\n";
        var text = string.Concat(Enumerable.Repeat(line, octets / line.Length / 2 - 5));
        return Write("alternative.eml", "multipart/alternative",
            $"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>\r\n{text}</p>\r\n--b--\r\n");
    }

    /// <summary>A text and a file.</summary>
    public FileInfo WithFile(int octets)
    {
        var file = new byte[LineOctets * 1000];
        new Random(1).NextBytes(file);
        var lines = string.Concat(file.Chunk(LineOctets).Select(line => Convert.ToBase64String(line) + "\r\n"));
        return Write("file.eml", "multipart/mixed",
            "--b\r\nContent-Type: text/plain\r\n\r\nsee file\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + string.Concat(Enumerable.Repeat(lines, octets / lines.Length)) + "--b--\r\n");
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private FileInfo Write(string name, string type, string body)
    {
        var mail = Encoding.ASCII.GetBytes(
            $"From: Ann <{From}>\r\nTo: Help <help@in.test>\r\nSubject: Where is my order?\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n"
            + $"Message-ID: <1@{Domain}>\r\nMIME-Version: 1.0\r\nContent-Type: {type}; boundary=b\r\n\r\n{body}");
        var signature = new DkimSigner(_key, Domain, Selector).Sign(mail, TimeProvider.System.GetUtcNow());
        var file = new FileInfo(Path.Combine(_folder.FullName, name));
        // smtp-source puts CRLF behind each line.
        File.WriteAllText(file.FullName, Encoding.ASCII.GetString([.. signature, .. mail]).Replace("\r\n", "\n", StringComparison.Ordinal));
        return file;
    }
}
