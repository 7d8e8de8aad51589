using Mail.Core.Messages;

namespace Mail.Api.Features.Messages;

/// <summary>One try to deliver to one recipient.</summary>
public sealed record AttemptResponse(
    string Id, string Recipient, int Number, string Outcome, string Stage, string Cause, DateTimeOffset StartedAt, DateTimeOffset EndedAt,
    string? MxHost, string? MxIp, string? TlsVersion, string? TlsCipher, int? SmtpCode, string? EnhancedCode, string? Reply,
    DateTimeOffset? NextAttemptAt)
{
    internal static AttemptResponse Of(AttemptDetails attempt) => new(
        attempt.Id.ToString(), attempt.Recipient, attempt.Number, attempt.Outcome, attempt.Stage, attempt.Cause, attempt.StartedAt,
        attempt.EndedAt, attempt.MxHost, attempt.MxAddress, attempt.TlsVersion, attempt.TlsCipher, attempt.SmtpCode, attempt.EnhancedCode,
        attempt.Reply, attempt.NextAttemptAt);
}
