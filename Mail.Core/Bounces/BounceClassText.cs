using Mail.Protocol.Bounces;

namespace Mail.Core.Bounces;

public static class BounceClassText
{
    public static string ToText(this BounceClass reason) => reason switch
    {
        BounceClass.Undetermined => "undetermined",
        BounceClass.RecipientUnknown => "recipient_unknown",
        BounceClass.RecipientInactive => "recipient_inactive",
        BounceClass.DomainUnknown => "domain_unknown",
        BounceClass.MailboxFull => "mailbox_full",
        BounceClass.MessageTooLarge => "message_too_large",
        BounceClass.SpamContent => "spam_content",
        BounceClass.Reputation => "reputation",
        BounceClass.Authentication => "authentication",
        BounceClass.Policy => "policy",
        BounceClass.SenderRejected => "sender_rejected",
        BounceClass.RelayDenied => "relay_denied",
        BounceClass.Greylisted => "greylisted",
        BounceClass.RateLimited => "rate_limited",
        BounceClass.Network => "network",
        BounceClass.Tls => "tls",
        BounceClass.Dns => "dns",
        BounceClass.ServerTrouble => "server_trouble",
        BounceClass.Protocol => "protocol",
        BounceClass.Loop => "loop",
        BounceClass.Expired => "expired",
        BounceClass.AutoReply => "auto_reply",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
