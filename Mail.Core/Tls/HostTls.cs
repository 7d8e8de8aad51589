using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;

namespace Mail.Core.Tls;

/// <summary>By what a recipient's side says how mail is to come to a server.</summary>
public enum HostTlsKind
{
    /// <summary>By nothing.</summary>
    None,

    /// <summary>MTA-STS in mode testing: what fails is counted, and delivered.</summary>
    MtaStsTesting,

    /// <summary>MTA-STS in mode enforce (RFC 8461).</summary>
    MtaSts,

    /// <summary>TLSA records (RFC 7672).</summary>
    Dane,
}

/// <summary>What the recipient's side asks of a connection with one of its servers.</summary>
public sealed record HostTls(HostTlsKind Kind)
{
    public static HostTls None { get; } = new(HostTlsKind.None);

    /// <summary>The policy that the domain has published, if it has.</summary>
    public MtaStsPolicy? Sts { get; init; }

    /// <summary>TLSA records, authenticated. None of them usable: TLS is needed, with any certificate (RFC 7672 §2.2).</summary>
    public IReadOnlyList<TlsaRecord> Tlsa { get; init; } = [];

    /// <summary>The server's name for SNI and DANE: where its TLSA records are (RFC 7672 §2.2.3). Null: the name of the MX record.</summary>
    public string? TlsaBase { get; init; }

    /// <summary>Further names that a certificate under a DANE-TA record may have (RFC 7672 §3.2.2).</summary>
    public IReadOnlyList<string> DaneNames { get; init; } = [];

    /// <summary>What is wrong before any connection, in the words of RFC 8460 §4.3.</summary>
    public string? Problem { get; init; }

    /// <summary>Why nothing may be sent there; null when it may.</summary>
    public string? Refusal { get; init; }

    /// <summary>The server is proven to be the domain's (RFC 8689 §4.2.1).</summary>
    public bool IsProven => Kind is not HostTlsKind.None && Problem is null && Refusal is null;
}

public static class HostTlsText
{
    /// <summary>Who asks for TLS in the end, in one word: the recipient's side, or the sender where that asks for more.</summary>
    public static string PolicyText(this HostTls host, TlsRequirement requirement) => host.Kind switch
    {
        HostTlsKind.Dane => host.Kind.ToText(),
        _ when requirement == TlsRequirement.RequireTls => requirement.ToText(),
        HostTlsKind.MtaSts => host.Kind.ToText(),
        _ when requirement == TlsRequirement.Required => requirement.ToText(),
        _ => host.Kind.ToText(),
    };

    public static string ToText(this HostTlsKind kind) => kind switch
    {
        HostTlsKind.None => "opportunistic",
        HostTlsKind.MtaStsTesting => "mta_sts_testing",
        HostTlsKind.MtaSts => "mta_sts",
        HostTlsKind.Dane => "dane",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
