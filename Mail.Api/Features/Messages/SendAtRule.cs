using FluentValidation;
using Mail.Api.Http;

namespace Mail.Api.Features.Messages;

internal static class SendAtRule
{
    /// <summary>The check of a time to send at: not too far ahead.</summary>
    public static void SendAt<T>(this IRuleBuilder<T, DateTimeOffset?> rule, SendOptions options) => rule
        .Must(sendAt => sendAt is not { } time || time - TimeProvider.System.GetUtcNow() <= options.MaxSchedule)
        .WithErrorCode(FieldCodes.OutOfRange)
        .WithMessage($"sendAt must be within {options.MaxSchedule.TotalDays:0.##} days.");

    /// <summary>The check where a later time is what is asked for.</summary>
    public static void LaterSendAt<T>(this IRuleBuilder<T, DateTimeOffset?> rule, SendOptions options)
    {
        rule.NotNull().WithErrorCode(FieldCodes.Required).WithMessage("sendAt is required.")
            .Must(sendAt => sendAt is not { } time || time > TimeProvider.System.GetUtcNow())
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage("sendAt must be in the future.");
        rule.SendAt(options);
    }
}
