using Mail.Protocol.Smtp;

namespace Mail.Protocol.MtaSts;

/// <summary>A TLS report: RFC 8460 §4.4. Written by <see cref="TlsReportWriter"/>, read by <see cref="TlsReportParser"/>.</summary>
public sealed record TlsReport
{
    /// <summary>organization-name.</summary>
    public required string OrganizationName { get; init; }

    /// <summary>Start of the period, inclusive.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>End of the period.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>contact-info; an address.</summary>
    public required string ContactInfo { get; init; }

    /// <summary>report-id; unique for the organization.</summary>
    public required string ReportId { get; init; }

    /// <summary>One entry per policy that was applied.</summary>
    public required IReadOnlyList<TlsReportPolicy> Policies { get; init; }

    /// <summary>The file name of the report: RFC 8460 §5.1.</summary>
    /// <param name="senderDomain">The domain that sends it.</param>
    /// <param name="compressed">It is gzipped.</param>
    public string FileName(string senderDomain, bool compressed) => string.Join('!',
        senderDomain, Policies.Count > 0 ? Policies[0].Domain : "unknown", Start.ToUnixTimeSeconds(), End.ToUnixTimeSeconds(),
        ReportId) + (compressed ? ".json.gz" : ".json");

    /// <summary>The Subject of the mail that carries it: RFC 8460 §5.3.</summary>
    public string Subject(string senderDomain) =>
        $"Report Domain: {(Policies.Count > 0 ? Policies[0].Domain : "unknown")} Submitter: {senderDomain} Report-ID: <{ReportId}>";
}

/// <summary>What happened under one policy: RFC 8460 §4.2.</summary>
public sealed record TlsReportPolicy
{
    /// <summary>policy-type: <c>tlsa</c>, <c>sts</c> or <c>no-policy-found</c>.</summary>
    public required string Type { get; init; }

    /// <summary>policy-string: the policy as it was applied, one item per line or record.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>policy-domain.</summary>
    public required string Domain { get; init; }

    /// <summary>mx-host: the patterns of an STS policy.</summary>
    public IReadOnlyList<string> MxHosts { get; init; } = [];

    /// <summary>total-successful-session-count.</summary>
    public long Successes { get; init; }

    /// <summary>total-failure-session-count.</summary>
    public long Failures { get; init; }

    /// <summary>failure-details.</summary>
    public IReadOnlyList<TlsReportFailure> Details { get; init; } = [];
}

/// <summary>Failures of the same kind at the same hosts: RFC 8460 §4.3.</summary>
public sealed record TlsReportFailure
{
    /// <summary>result-type; see <see cref="TlsReportResult"/>. Unknown ones are kept.</summary>
    public required string ResultType { get; init; }

    /// <summary>sending-mta-ip.</summary>
    public string? SendingMtaIp { get; init; }

    /// <summary>receiving-mx-hostname.</summary>
    public string? ReceivingMxHostName { get; init; }

    /// <summary>receiving-mx-helo.</summary>
    public string? ReceivingMxHelo { get; init; }

    /// <summary>receiving-ip.</summary>
    public string? ReceivingIp { get; init; }

    /// <summary>failed-session-count.</summary>
    public long Sessions { get; init; }

    /// <summary>additional-information; a URI.</summary>
    public string? AdditionalInformation { get; init; }

    /// <summary>failure-reason-code.</summary>
    public string? ReasonCode { get; init; }
}

/// <summary>The result types: RFC 8460 §4.3.1 and §4.3.2.</summary>
public static class TlsReportResult
{
    public const string StartTlsNotSupported = "starttls-not-supported";
    public const string CertificateHostMismatch = "certificate-host-mismatch";
    public const string CertificateExpired = "certificate-expired";
    public const string CertificateNotTrusted = "certificate-not-trusted";
    public const string ValidationFailure = "validation-failure";
    public const string TlsaInvalid = "tlsa-invalid";
    public const string DnssecInvalid = "dnssec-invalid";
    public const string DaneRequired = "dane-required";
    public const string StsPolicyFetchError = "sts-policy-fetch-error";
    public const string StsPolicyInvalid = "sts-policy-invalid";
    public const string StsWebPkiInvalid = "sts-webpki-invalid";

    /// <summary>The result type of a session that did not get the TLS its policy asks for; null when TLS was not the problem.</summary>
    public static string? Of(SmtpFailure failure) => failure.Cause switch
    {
        SmtpCause.TlsUnavailable => StartTlsNotSupported,
        SmtpCause.CertificateInvalid => Of(failure.CertificateFault),
        SmtpCause.TlsHandshake or SmtpCause.ResponseInjection => ValidationFailure,
        _ => null,
    };

    /// <summary>The result type of a certificate that does not pass.</summary>
    public static string Of(SmtpCertificateFault fault) => fault switch
    {
        SmtpCertificateFault.HostMismatch => CertificateHostMismatch,
        SmtpCertificateFault.Expired => CertificateExpired,
        SmtpCertificateFault.NotTrusted => CertificateNotTrusted,
        _ => ValidationFailure,
    };
}
