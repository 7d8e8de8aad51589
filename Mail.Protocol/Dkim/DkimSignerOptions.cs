namespace Mail.Protocol.Dkim;

/// <summary>What a <see cref="DkimSigner"/> signs, and how.</summary>
public sealed record DkimSignerOptions
{
    /// <summary>Canonicalisation of the header; default relaxed.</summary>
    public DkimCanonicalization Header { get; init; } = DkimCanonicalization.Relaxed;

    /// <summary>Canonicalisation of the body; default relaxed.</summary>
    public DkimCanonicalization Body { get; init; } = DkimCanonicalization.Relaxed;

    /// <summary>
    /// Fields that are signed once more than they occur, absent ones too, so that nobody can add one
    /// (RFC 6376 §8.15). Default: From, To, Cc, Subject, Date, Reply-To. From is always among them.
    /// </summary>
    public IReadOnlyList<string> OverSigned { get; init; } = ["From", "To", "Cc", "Subject", "Date", "Reply-To"];

    /// <summary>
    /// Fields that are signed as often as they occur (RFC 6376 §5.4.1). The default has those that carry the
    /// meaning of a mail and those that RFC 8058 §4 requires, and none that relays change.
    /// </summary>
    public IReadOnlyList<string> SignedWhenPresent { get; init; } =
    [
        "Message-ID", "In-Reply-To", "References", "Sender", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner",
        "List-Archive", "Feedback-ID", "Auto-Submitted",
    ];

    /// <summary>How long the signature is valid (tag <c>x=</c>); null, the default, means without end.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Agent or user identifier (tag <c>i=</c>), such as <c>@news.example.com</c>; null, the default, leaves it out.</summary>
    public string? Identity { get; init; }
}
