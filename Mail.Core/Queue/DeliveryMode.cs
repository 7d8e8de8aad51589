namespace Mail.Core.Queue;

/// <summary>Where live mail goes.</summary>
public enum DeliveryMode
{
    /// <summary>To Mail.Inbound of this installation, which keeps it in the dev inbox: nothing leaves the machine.</summary>
    Capture,

    /// <summary>To the MX hosts of each recipient's domain.</summary>
    Direct,

    /// <summary>To one configured relay.</summary>
    Smarthost,
}

/// <summary>How the relay is spoken to.</summary>
public enum RelayTls
{
    /// <summary>STARTTLS when offered, with any certificate.</summary>
    Opportunistic,

    /// <summary>STARTTLS always, with any certificate.</summary>
    Required,

    /// <summary>STARTTLS always, with a valid certificate for the relay's name.</summary>
    Verified,

    /// <summary>TLS from the first octet (port 465), with a valid certificate.</summary>
    Implicit,

    /// <summary>In the clear.</summary>
    Disabled,
}
