using Mail.Protocol.Bounces;

namespace Mail.Worker.Delivery;

internal static class BounceStageMapping
{
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
