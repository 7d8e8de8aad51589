using Mail.Protocol.Dsn;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Dsn;

/// <summary>
/// Vectors/NN-name: the report (.eml) and what is in it (.expected): "dialect reporting-mta original-message-id", then one line
/// "final action status code remote-mta original" per recipient, '-' for nothing and '~' for a blank; or "none".
/// </summary>
public class DsnReaderTests
{
    public static TheoryData<string> Names() =>
        [.. VectorFiles.Files("Dsn/Vectors", "*.eml").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Report_is_read_as_expected(string name)
    {
        var message = MimeMessage.Parse(await File.ReadAllBytesAsync(VectorFiles.PathOf($"Dsn/Vectors/{name}.eml")));
        var expected = await File.ReadAllLinesAsync(VectorFiles.PathOf($"Dsn/Vectors/{name}.expected"));

        Assert.Equal(expected, Lines(DsnReader.Read(message)));
    }

    [Fact]
    public async Task Dates_and_ids_are_read()
    {
        var message = MimeMessage.Parse(await File.ReadAllBytesAsync(VectorFiles.PathOf("Dsn/Vectors/03-postfix.eml")));

        var report = DsnReader.Read(message)!;

        Assert.Equal("env_123", report.OriginalEnvelopeId);
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 5, 6, 0, TimeSpan.Zero), report.ArrivalDate);
        Assert.Equal("Hello", report.OriginalHeaders!.Value("Subject"));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("Final-Recipient: rfc822; a@b.example\r\n\r\n")]
    [InlineData("<a@b.example>:\r\n")]
    [InlineData("a@b.example\r\n550 ")]
    public void Hostile_repetition_stays_bounded(string unit)
    {
        var body = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        foreach (var header in new[] { "Content-Type: message/delivery-status", "Subject: Undeliverable" })
        {
            var message = MimeMessage.Parse(System.Text.Encoding.ASCII.GetBytes($"{header}\r\n\r\n{body}"));

            Assert.InRange(DsnReader.Read(message)?.Recipients.Count ?? 0, 0, 1001);
        }
    }

    private static IEnumerable<string> Lines(DsnReport? report) => report is null ? ["none"] :
    [
        Line(report.Dialect, report.ReportingMta, report.OriginalMessageId),
        .. report.Recipients.Select(r => Line(
            r.FinalRecipient, r.Action.ToString(), r.Status, r.SmtpCode?.ToString(), r.RemoteMta, r.OriginalRecipient)),
    ];

    private static string Line(params string?[] values) =>
        string.Join(' ', values.Select(value => string.IsNullOrEmpty(value) ? "-" : value.Replace(' ', '~')));
}
