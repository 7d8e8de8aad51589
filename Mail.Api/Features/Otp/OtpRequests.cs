using System.Text.Json.Serialization;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Otp;

namespace Mail.Api.Features.Otp;

/// <summary>The body of <c>POST /v1/mail/otp/send</c>.</summary>
[RequiredFields("to", "from", "purpose")]
public sealed record SendOtpRequest
{
    /// <summary>Who gets the code: one address.</summary>
    public AddressInputs? To { get; init; }

    /// <summary>The sender, at a verified domain of the organization.</summary>
    public AddressInputs? From { get; init; }

    /// <summary>What the code is for, such as <c>login</c>. A new code replaces older ones for the same address and purpose.</summary>
    public string? Purpose { get; init; }

    /// <summary>How long the code is valid: <c>30s</c> to <c>24h</c>; <c>10m</c> when absent.</summary>
    public Duration? ExpiresIn { get; init; }

    /// <summary>How many digits: 4 to 10; 6 when absent.</summary>
    public int? CodeLength { get; init; }

    /// <summary>The name the recipient knows the sender by.</summary>
    public string? BrandName { get; init; }

    /// <summary>A template, by id or slug, that shows <c>{{code}}</c>; also given are brandName, purpose and expiresInMinutes.</summary>
    public string? Template { get; init; }

    /// <summary>The language of the mail, such as <c>de</c>; <c>en</c> when absent.</summary>
    public string? Language { get; init; }

    /// <summary>Repeating a request with the same key sends nothing twice; the header Idempotency-Key says the same.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/otp/verify</c>.</summary>
[RequiredFields("challengeId", "code")]
public sealed record VerifyOtpRequest
{
    public string? ChallengeId { get; init; }

    /// <summary>The digits that the person typed.</summary>
    public string? Code { get; init; }
}

/// <param name="Status">pending.</param>
public sealed record SendOtpResponse(string Id, string Status, DateTimeOffset ExpiresAt);

/// <param name="Verified">True once: for the first right code.</param>
/// <param name="Status">How the challenge stands now.</param>
public sealed record VerifyOtpResponse(bool Verified, string Status, int AttemptsRemaining);

/// <summary>A challenge as it is read back. It never holds the code.</summary>
/// <param name="SettledAt">When it was verified, failed, canceled or found expired.</param>
public sealed record OtpChallengeResponse(
    string Id, string To, string Purpose, string Status, int Attempts, int AttemptsRemaining, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? SettledAt, string MessageId)
{
    internal static OtpChallengeResponse Of(OtpChallenge challenge) => new(
        challenge.Id.ToString(), challenge.Address, challenge.Purpose, challenge.Status.ToText(), challenge.Attempts,
        challenge.AttemptsRemaining, challenge.CreatedAt, challenge.ExpiresAt, challenge.SettledAt, challenge.Message.ToString());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(SendOtpRequest))]
[JsonSerializable(typeof(VerifyOtpRequest))]
[JsonSerializable(typeof(Envelope<SendOtpResponse>))]
[JsonSerializable(typeof(Envelope<VerifyOtpResponse>))]
[JsonSerializable(typeof(Envelope<OtpChallengeResponse>))]
[JsonSerializable(typeof(ListEnvelope<OtpChallengeResponse>))]
internal sealed partial class OtpApiJson : JsonSerializerContext;
