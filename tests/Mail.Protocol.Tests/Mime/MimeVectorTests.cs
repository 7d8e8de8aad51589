using System.Text;
using System.Text.Json;
using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

/// <summary>Mails of RFCs and of the wild in <c>Vectors/NN-name.eml</c>, with what is read of them in <c>NN-name.json</c>.</summary>
public class MimeVectorTests
{
    private sealed record ExpectedFile(string? Name, string Type, bool Inline, string Content);

    private sealed record Expected(
        string? Subject, string From, string To, DateTimeOffset? Date, string? Id, string? Text, string? Html, ExpectedFile[] Files, string[] Defects);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static TheoryData<string> Names => [.. VectorFiles.Files("Mime/Vectors", "*.eml").Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mail_is_read_as_it_was_meant(string name)
    {
        var expected = JsonSerializer.Deserialize<Expected>(File.ReadAllText(VectorFiles.PathOf($"Mime/Vectors/{name}.json")), Json)!;
        Check(expected, MimeMessage.Parse(Octets(name)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mail_in_pieces_is_read_alike(string name)
    {
        var expected = JsonSerializer.Deserialize<Expected>(File.ReadAllText(VectorFiles.PathOf($"Mime/Vectors/{name}.json")), Json)!;
        foreach (var size in (int[])[1, 2, 3, 7, 64]) Check(expected, MimeMessage.Parse(Pieces.Of(Octets(name), size)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mail_from_a_stream_is_read_alike(string name)
    {
        var expected = JsonSerializer.Deserialize<Expected>(File.ReadAllText(VectorFiles.PathOf($"Mime/Vectors/{name}.json")), Json)!;
        Check(expected, await MimeReader.ReadAsync(new MemoryStream(Octets(name))));
    }

    [Fact]
    public void Messages_within_are_read_whether_encoded_or_not()
    {
        Assert.Equal("inner text", Inner("18-message-within").Text);
        Assert.Equal("hello", Inner("42-message-in-base64").Text);
        Assert.Equal("inner", Inner("42-message-in-base64").Subject);
    }

    private static MimeMessage Inner(string name) => MimeMessage.Parse(Octets(name)).Attachments.Single().Part!.OpenMessage()!;

    private static byte[] Octets(string name) => File.ReadAllBytes(VectorFiles.PathOf($"Mime/Vectors/{name}.eml"));

    private static void Check(Expected expected, MimeMessage mail)
    {
        Assert.Equal(expected.Subject, mail.Subject);
        Assert.Equal(expected.From, Text(mail.From));
        Assert.Equal(expected.To, Text(mail.To));
        Assert.Equal(expected.Date, mail.Date);
        Assert.Equal(expected.Date?.Offset, mail.Date?.Offset);
        Assert.Equal(expected.Id, mail.MessageId);
        Assert.Equal(expected.Text, Lines(mail.Text));
        Assert.Equal(expected.Html, Lines(mail.Html));
        Assert.Equal(expected.Files, mail.Attachments.Select(a =>
            new ExpectedFile(a.FileName, a.ContentType.MediaType, a.IsInline, Lines(Encoding.Latin1.GetString(a.ReadContent()))!)));
        foreach (var attachment in mail.Attachments)
        {
            using var copy = new MemoryStream();
            using var content = attachment.OpenContent();
            content.CopyTo(copy);
            Assert.Equal(attachment.ReadContent(), copy.ToArray());
        }
        Assert.Equal(expected.Defects, mail.Defects.Select(d => d.ToString()).Order(StringComparer.Ordinal));
    }

    private static string? Lines(string? text) => text?.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string Text(AddressList list) =>
        string.Join(", ", list.Mailboxes.Select(m => m.DisplayName is null ? m.Address.Address : $"{m.DisplayName} <{m.Address}>"));
}
