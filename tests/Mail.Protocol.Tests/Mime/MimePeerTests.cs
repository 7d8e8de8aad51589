using System.Security.Cryptography;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;
using Mail.Protocol.Tests.Mime.Peers;

namespace Mail.Protocol.Tests.Mime;

/// <summary>What the writer writes is read alike by Python's email package, by mailparser and by our reader, and is what was meant.</summary>
public sealed class MimePeerTests : IDisposable
{
    private const int Mails = 150;

    private readonly string _folder = Directory.CreateTempSubdirectory("mail-peers-").FullName;
    private readonly Dictionary<string, OutgoingMail> _sent = [];

    public MimePeerTests()
    {
        var generator = new MailGenerator(seed: 7);
        for (var i = 0; i < Mails; i++)
        {
            var mail = generator.Next();
            _sent[$"{i:000}.eml"] = mail;
            File.WriteAllBytes(Path.Combine(_folder, $"{i:000}.eml"), MimeRoundTripTests.Write(mail).ToArray());
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Python_reads_what_was_written()
    {
        var read = PeerReader.Python(_folder);
        AssertNone(read.Where(r => r.Value.Defects.Length > 0).Select(r => $"{r.Key}: {string.Join(' ', r.Value.Defects)}"));
        AssertNone(Differences(read));
    }

    [Fact]
    public void Mailparser_reads_what_was_written() => AssertNone(Differences(PeerReader.MailParser(_folder)));

    [Fact]
    public void Our_reader_reads_what_was_written()
    {
        var read = _sent.Keys.ToDictionary(k => k, k => Read(File.ReadAllBytes(Path.Combine(_folder, k))));
        AssertNone(read.Where(r => r.Value.Defects.Length > 0).Select(r => $"{r.Key}: {string.Join(' ', r.Value.Defects)}"));
        AssertNone(Differences(read));
    }

    internal static PeerMail Read(ReadOnlyMemory<byte> octets)
    {
        var mail = MimeMessage.Parse(octets);
        return new PeerMail(
            mail.Subject, People(mail.From), People(mail.To), People(mail.Cc), mail.Date, $"<{mail.MessageId}>", mail.Text, mail.Html,
            [.. mail.Attachments.Select(a => new[] { a.FileName, a.ContentType.MediaType, Convert.ToHexStringLower(SHA256.HashData(a.ReadContent())) })],
            [.. mail.Defects.Select(d => d.ToString())]);
    }

    private static string[][] People(AddressList list) => [.. list.Mailboxes.Select(m => new[] { m.DisplayName ?? "", m.Address.Address })];

    private List<string> Differences(Dictionary<string, PeerMail> read)
    {
        var differences = new List<string>();
        foreach (var (name, sent) in _sent)
        {
            var got = read[name];
            Compare("subject", sent.Subject.Trim(), got.Subject ?? "");
            Compare("id", $"<{sent.MessageId}>", got.Id);
            Compare("date", sent.Date.ToUniversalTime(), got.Date?.ToUniversalTime());
            Compare("from", Text([sent.From]), Text(got.From));
            Compare("to", Text(sent.To), Text(got.To));
            Compare("cc", Text(sent.Cc), Text(got.Cc));
            Compare("text", Lines(sent.Text ?? (sent.Html is null ? "" : null)), Lines(got.Text));
            Compare("html", Lines(sent.Html), Lines(got.Html));
            Compare("files", Files(sent), string.Join(' ', got.Files.Select(f => $"{f[0]}:{f[2]}").Order(StringComparer.Ordinal)));

            void Compare<T>(string what, T expected, T actual)
            {
                if (!Equals(expected, actual)) differences.Add($"{name} {what}: expected <{expected}> but read <{actual}>");
            }
        }
        return differences;
    }

    private static string Files(OutgoingMail mail) =>
        string.Join(' ', mail.Attachments.Select(a => $"{a.FileName}:{Convert.ToHexStringLower(SHA256.HashData(a.Content.Span))}").Order(StringComparer.Ordinal));

    private static string? Lines(string? text) => text?.ReplaceLineEndings("\n").TrimEnd('\n') is { Length: > 0 } lines ? lines : null;

    private static string Text(IEnumerable<Mailbox> mailboxes) => Text([.. mailboxes.Select(m => new[] { m.DisplayName ?? "", m.Address.Address })]);

    /// <summary>Addresses compare by meaning: one program leaves quotes away, another shows domains in Unicode.</summary>
    private static string Text(string[][] people) =>
        string.Join(", ", people.Where(p => !string.IsNullOrEmpty(p[1])).Select(p =>
        {
            var at = p[1].LastIndexOf('@');
            var local = p[1][..at].Replace("\\", "", StringComparison.Ordinal).Trim('"');
            return $"{p[0]} <{local}@{(DomainName.TryParse(p[1][(at + 1)..], out var domain) ? domain.Ascii : p[1])}>";
        }));

    private static void AssertNone(IEnumerable<string> findings) => Assert.True(!findings.Any(), string.Join('\n', findings));
}
