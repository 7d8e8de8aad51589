using Mail.Protocol.Bounces;

namespace Mail.Worker.Delivery;

internal static class BounceClassText
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

    public static BounceStage ToBounceStage(this DeliveryStage stage) => stage switch
    {
        DeliveryStage.Claim or DeliveryStage.Build or DeliveryStage.Route => BounceStage.Route,
        DeliveryStage.Connect => BounceStage.Connect,
        DeliveryStage.Greeting => BounceStage.Greeting,
        DeliveryStage.Ehlo => BounceStage.Ehlo,
        DeliveryStage.StartTls => BounceStage.StartTls,
        DeliveryStage.Auth => BounceStage.Auth,
        DeliveryStage.MailFrom => BounceStage.MailFrom,
        DeliveryStage.RcptTo => BounceStage.RcptTo,
        DeliveryStage.Data => BounceStage.Data,
        DeliveryStage.EndOfData => BounceStage.EndOfData,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };
}
