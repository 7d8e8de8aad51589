using Mail.Protocol.Arf;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Arf;

/// <summary>Vectors/NN-name: the report (.eml) and what is in it (.expected): "dialect type incidents message-id", then one line per fact; or "none".</summary>
public class ArfReaderTests
{
    public static TheoryData<string> Names() =>
        [.. VectorFiles.Files("Arf/Vectors", "*.eml").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Report_is_read_as_expected(string name)
    {
        var message = MimeMessage.Parse(await File.ReadAllBytesAsync(VectorFiles.PathOf($"Arf/Vectors/{name}.eml")));
        var expected = await File.ReadAllLinesAsync(VectorFiles.PathOf($"Arf/Vectors/{name}.expected"));

        Assert.Equal(expected, Lines(ArfReader.Read(message)));
    }

    private static IEnumerable<string> Lines(ArfReport? report) => report is null ? ["none"] :
    [
        $"{report.Dialect} {report.Type} {report.Incidents} {report.OriginalMessageId ?? "-"}",
        $"from {report.OriginalMailFrom ?? "-"}",
        .. report.OriginalRecipients.Select(recipient => $"to {recipient}"),
        .. report.ReportedDomains.Select(domain => $"domain {domain}"),
        .. Line("ip", report.SourceIp),
        .. Line("arrival", report.ArrivalDate?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ")),
    ];

    private static IEnumerable<string> Line(string name, string? value) => value is null ? [] : [$"{name} {value}"];
}
