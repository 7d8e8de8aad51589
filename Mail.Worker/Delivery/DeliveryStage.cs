using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>How far an attempt came.</summary>
internal enum DeliveryStage
{
    Claim,
    Route,
    Build,
    Connect,
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    EndOfData,
}

internal static class DeliveryStageText
{
    public static DeliveryStage Of(SmtpStage stage) => stage switch
    {
        SmtpStage.Connect => DeliveryStage.Connect,
        SmtpStage.Greeting => DeliveryStage.Greeting,
        SmtpStage.Ehlo => DeliveryStage.Ehlo,
        SmtpStage.StartTls => DeliveryStage.StartTls,
        SmtpStage.Auth => DeliveryStage.Auth,
        // RSET travels in one group with the MAIL of the next message.
        SmtpStage.Reset or SmtpStage.MailFrom => DeliveryStage.MailFrom,
        SmtpStage.RcptTo => DeliveryStage.RcptTo,
        SmtpStage.Data => DeliveryStage.Data,
        SmtpStage.EndOfData or SmtpStage.Quit => DeliveryStage.EndOfData,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    public static string ToText(this DeliveryStage stage) => stage switch
    {
        DeliveryStage.Claim => "claim",
        DeliveryStage.Route => "route",
        DeliveryStage.Build => "build",
        DeliveryStage.Connect => "connect",
        DeliveryStage.Greeting => "greeting",
        DeliveryStage.Ehlo => "ehlo",
        DeliveryStage.StartTls => "starttls",
        DeliveryStage.Auth => "auth",
        DeliveryStage.MailFrom => "mail_from",
        DeliveryStage.RcptTo => "rcpt_to",
        DeliveryStage.Data => "data",
        DeliveryStage.EndOfData => "end_of_data",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };
}
