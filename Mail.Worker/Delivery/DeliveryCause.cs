using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>Why an attempt ended as it did.</summary>
internal enum DeliveryCause
{
    Accepted,
    Reply,
    Timeout,
    ConnectionRefused,
    Unreachable,
    ConnectionLost,
    ProtocolError,
    Tls,
    TlsRequired,
    MtaStsPolicy,
    DanePolicy,
    Auth,
    ExtensionMissing,
    SizeExceeded,
    Dns,
    NoSuchDomain,
    NullMx,
    NoHost,
    PrivateAddress,
    NotConfigured,
    Content,
    SigningKey,
    Attachments,
    Expired,
    RepeatedFaults,
    WorkerLost,
    InternalError,
}

internal static class DeliveryCauseText
{
    /// <summary>A cancelled transaction counts as a lost connection: cut by us, but as unclear to the server.</summary>
    public static DeliveryCause Of(SmtpCause cause) => cause switch
    {
        SmtpCause.Refused => DeliveryCause.Reply,
        SmtpCause.Timeout => DeliveryCause.Timeout,
        SmtpCause.ConnectionRefused => DeliveryCause.ConnectionRefused,
        SmtpCause.Unreachable => DeliveryCause.Unreachable,
        SmtpCause.ConnectionLost or SmtpCause.Cancelled => DeliveryCause.ConnectionLost,
        SmtpCause.ProtocolError or SmtpCause.ResponseInjection => DeliveryCause.ProtocolError,
        SmtpCause.TlsUnavailable or SmtpCause.TlsHandshake or SmtpCause.CertificateInvalid => DeliveryCause.Tls,
        SmtpCause.AuthUnavailable => DeliveryCause.Auth,
        SmtpCause.ExtensionMissing => DeliveryCause.ExtensionMissing,
        SmtpCause.SizeExceeded => DeliveryCause.SizeExceeded,
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public static string ToText(this DeliveryCause cause) => cause switch
    {
        DeliveryCause.Accepted => "accepted",
        DeliveryCause.Reply => "reply",
        DeliveryCause.Timeout => "timeout",
        DeliveryCause.ConnectionRefused => "refused",
        DeliveryCause.Unreachable => "unreachable",
        DeliveryCause.ConnectionLost => "connection_lost",
        DeliveryCause.ProtocolError => "protocol_error",
        DeliveryCause.Tls => "tls",
        DeliveryCause.TlsRequired => "tls_required",
        DeliveryCause.MtaStsPolicy => "mta_sts_policy",
        DeliveryCause.DanePolicy => "dane_policy",
        DeliveryCause.Auth => "auth",
        DeliveryCause.ExtensionMissing => "extension_missing",
        DeliveryCause.SizeExceeded => "size_exceeded",
        DeliveryCause.Dns => "dns",
        DeliveryCause.NoSuchDomain => "no_such_domain",
        DeliveryCause.NullMx => "null_mx",
        DeliveryCause.NoHost => "no_host",
        DeliveryCause.PrivateAddress => "private_address",
        DeliveryCause.NotConfigured => "not_configured",
        DeliveryCause.Content => "content",
        DeliveryCause.SigningKey => "signing_key",
        DeliveryCause.Attachments => "attachments",
        DeliveryCause.Expired => "expired",
        DeliveryCause.RepeatedFaults => "repeated_faults",
        DeliveryCause.WorkerLost => "worker_lost",
        DeliveryCause.InternalError => "internal_error",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };
}
