namespace Mail.Protocol.Webhooks;

/// <summary>What the check of a signed delivery found.</summary>
public enum WebhookVerification
{
    /// <summary>Genuine and recent.</summary>
    Valid,

    /// <summary>No signature fits the content and any of the secrets.</summary>
    WrongSignature,

    /// <summary>Genuine in form, but the timestamp is older than the tolerance: perhaps replayed.</summary>
    TooOld,

    /// <summary>The timestamp is further in the future than the tolerance.</summary>
    TooNew,

    /// <summary>A header is missing or unreadable.</summary>
    Malformed,
}
