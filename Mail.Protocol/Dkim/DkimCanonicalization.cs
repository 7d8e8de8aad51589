namespace Mail.Protocol.Dkim;

/// <summary>How header fields or the body are made equal before they are hashed (RFC 6376 §3.4).</summary>
public enum DkimCanonicalization
{
    /// <summary>Next to no change is tolerated (RFC 6376 §3.4.1, §3.4.3).</summary>
    Simple,

    /// <summary>Changes of white space, folding and the case of field names are tolerated (RFC 6376 §3.4.2, §3.4.4).</summary>
    Relaxed,
}
