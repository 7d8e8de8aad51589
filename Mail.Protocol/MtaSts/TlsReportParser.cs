using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Mail.Protocol.MtaSts;

/// <summary>Reads reports that others send, in plain or gzipped JSON.</summary>
/// <remarks>Tolerates missing parts, numbers as strings and a single string where RFC 8460 §4.4 wants an array; bounded in size and depth.</remarks>
public static class TlsReportParser
{
    /// <summary>Largest report read, decompressed.</summary>
    public const int MaxOctets = 10 * 1024 * 1024;

    private const int MaxItems = 10_000;
    private const int MaxDepth = 16;

    /// <summary>Reads a report; null when the octets are not one or exceed the bounds.</summary>
    public static TlsReport? Parse(ReadOnlyMemory<byte> octets)
    {
        try
        {
            var text = octets.Span.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? Decompress(octets) : octets;
            if (text.Length is 0 or > MaxOctets)
                return null;
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Report(document.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException)
        {
            // InvalidOperationException: a JSON string that is not valid UTF-16.
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> octets)
    {
        using var gzip = new GZipStream(new MemoryStream(octets.ToArray()), CompressionMode.Decompress);
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while (text.Length <= MaxOctets && (length = gzip.Read(buffer)) > 0)
            text.Write(buffer, 0, length);
        return text.GetBuffer().AsMemory(0, (int)text.Length);
    }

    private static TlsReport? Report(JsonElement root)
    {
        var range = Member(root, "date-range");
        if (Time(range, "start-datetime") is not { } start || Time(range, "end-datetime") is not { } end)
            return null;
        return new TlsReport
        {
            OrganizationName = Text(root, "organization-name") ?? "",
            Start = start,
            End = end,
            ContactInfo = Text(root, "contact-info") ?? "",
            ReportId = Text(root, "report-id") ?? "",
            Policies = [.. Items(Member(root, "policies")).Select(Policy)],
        };
    }

    private static TlsReportPolicy Policy(JsonElement element)
    {
        var policy = Member(element, "policy");
        var summary = Member(element, "summary");
        return new TlsReportPolicy
        {
            Type = Text(policy, "policy-type") ?? "",
            Lines = Texts(policy, "policy-string"),
            Domain = Text(policy, "policy-domain") ?? "",
            MxHosts = Texts(policy, "mx-host"),
            Successes = Number(summary, "total-successful-session-count"),
            Failures = Number(summary, "total-failure-session-count"),
            Details = [.. Items(Member(element, "failure-details")).Select(Failure)],
        };
    }

    private static TlsReportFailure Failure(JsonElement element) => new()
    {
        ResultType = Text(element, "result-type") ?? "",
        SendingMtaIp = Text(element, "sending-mta-ip"),
        ReceivingMxHostName = Text(element, "receiving-mx-hostname"),
        ReceivingMxHelo = Text(element, "receiving-mx-helo"),
        ReceivingIp = Text(element, "receiving-ip"),
        Sessions = Number(element, "failed-session-count"),
        AdditionalInformation = Text(element, "additional-information"),
        ReasonCode = Text(element, "failure-reason-code"),
    };

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Take(MaxItems),
        JsonValueKind.Object => [element],
        _ => [],
    };

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IReadOnlyList<string> Texts(JsonElement element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } array =>
            [.. array.EnumerateArray().Take(MaxItems).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };

    private static long Number(JsonElement element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) && value >= 0 => value,
        { ValueKind: JsonValueKind.String } text
            when long.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        _ => 0,
    };

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        DateTimeOffset.TryParse(Text(element, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : null;
}
