using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Mail.Protocol.MtaSts;

/// <summary>Writes a report as JSON: RFC 8460 §4.4.</summary>
public static class TlsReportWriter
{
    /// <summary>The report as UTF-8 JSON (media type <c>application/tlsrpt+json</c>).</summary>
    public static byte[] Write(TlsReport report)
    {
        var octets = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(octets))
            Write(json, report);
        return octets.WrittenSpan.ToArray();
    }

    /// <summary>The same gzipped (media type <c>application/tlsrpt+gzip</c>): RFC 8460 §5.2.</summary>
    public static byte[] WriteCompressed(TlsReport report)
    {
        using var octets = new MemoryStream();
        using (var gzip = new GZipStream(octets, CompressionLevel.Optimal))
            gzip.Write(Write(report));
        return octets.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TlsReport report)
    {
        json.WriteStartObject();
        json.WriteString("organization-name", report.OrganizationName);
        json.WriteStartObject("date-range");
        json.WriteString("start-datetime", Format(report.Start));
        json.WriteString("end-datetime", Format(report.End));
        json.WriteEndObject();
        json.WriteString("contact-info", report.ContactInfo);
        json.WriteString("report-id", report.ReportId);
        json.WriteStartArray("policies");
        foreach (var policy in report.Policies)
            Write(json, policy);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TlsReportPolicy policy)
    {
        json.WriteStartObject();
        json.WriteStartObject("policy");
        json.WriteString("policy-type", policy.Type);
        WriteArray(json, "policy-string", policy.Lines);
        json.WriteString("policy-domain", policy.Domain);
        WriteArray(json, "mx-host", policy.MxHosts);
        json.WriteEndObject();
        json.WriteStartObject("summary");
        json.WriteNumber("total-successful-session-count", policy.Successes);
        json.WriteNumber("total-failure-session-count", policy.Failures);
        json.WriteEndObject();
        if (policy.Details.Count > 0)
        {
            json.WriteStartArray("failure-details");
            foreach (var failure in policy.Details)
                Write(json, failure);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TlsReportFailure failure)
    {
        json.WriteStartObject();
        json.WriteString("result-type", failure.ResultType);
        WriteOptional(json, "sending-mta-ip", failure.SendingMtaIp);
        WriteOptional(json, "receiving-mx-hostname", failure.ReceivingMxHostName);
        WriteOptional(json, "receiving-mx-helo", failure.ReceivingMxHelo);
        WriteOptional(json, "receiving-ip", failure.ReceivingIp);
        json.WriteNumber("failed-session-count", failure.Sessions);
        WriteOptional(json, "additional-information", failure.AdditionalInformation);
        WriteOptional(json, "failure-reason-code", failure.ReasonCode);
        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    // RFC 8460 §4.1: RFC 3339 date-time, in UTC.
    private static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
