using Mail.Core.Bounces;

namespace Mail.Api.Features.Bounces;

/// <summary>Mail that came back.</summary>
/// <param name="Email">The recipient.</param>
/// <param name="Type"><c>hard</c>, <c>soft</c> or <c>unknown</c>.</param>
/// <param name="Source">Who told: <c>smtp_log</c> (the answer to the delivery), <c>dsn</c> (a later report), <c>manual</c> or <c>internal</c>.</param>
/// <param name="Cause">What it is about, in one word, where that is known.</param>
/// <param name="Text">The words of the recipient's side.</param>
public sealed record BounceResponse(
    string Id, string MessageId, string Email, string Type, string Source, string? Cause, int? SmtpCode, string? EnhancedCode, string? Text,
    DateTimeOffset CreatedAt)
{
    internal static BounceResponse Of(BounceDetails bounce) => new(
        bounce.Id.ToString(), bounce.Message.ToString(), bounce.Address, bounce.Type, bounce.Source, bounce.Cause, bounce.SmtpCode,
        bounce.EnhancedCode, bounce.Text, bounce.CreatedAt);
}
