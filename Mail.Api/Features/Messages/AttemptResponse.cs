using Mail.Core.Messages;

namespace Mail.Api.Features.Messages;

/// <summary>One try to deliver to one recipient.</summary>
/// <param name="TlsPolicy">What TLS was asked for: <c>opportunistic</c>, <c>required</c>, <c>requiretls</c>, <c>mta_sts_testing</c>, <c>mta_sts</c>,
/// <c>dane</c>; to a relay of the operator's also <c>verified</c>, <c>implicit</c>, <c>disabled</c>.</param>
/// <param name="TlsVerification">How the server's certificate was verified: <c>pkix</c> or <c>dane</c>; null when it was not.</param>
/// <param name="TlsProblem">What was wrong with TLS, in the words of RFC 8460; delivered mail has one where nothing asked for better.</param>
public sealed record AttemptResponse(
    string Id, string Recipient, int Number, string Outcome, string Stage, string Cause, DateTimeOffset StartedAt, DateTimeOffset EndedAt,
    string? MxHost, string? MxIp, string? TlsVersion, string? TlsCipher, int? SmtpCode, string? EnhancedCode, string? Reply,
    DateTimeOffset? NextAttemptAt, string? TlsPolicy, string? TlsVerification, string? TlsProblem)
{
    internal static AttemptResponse Of(AttemptDetails attempt) => new(
        attempt.Id.ToString(), attempt.Recipient, attempt.Number, attempt.Outcome, attempt.Stage, attempt.Cause, attempt.StartedAt,
        attempt.EndedAt, attempt.MxHost, attempt.MxAddress, attempt.TlsVersion, attempt.TlsCipher, attempt.SmtpCode, attempt.EnhancedCode,
        attempt.Reply, attempt.NextAttemptAt, attempt.TlsPolicy, attempt.TlsVerification, attempt.TlsProblem);
}
