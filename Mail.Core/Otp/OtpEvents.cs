using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Otp;

/// <summary>The events of a challenge: whom and what it is for, never its code.</summary>
internal static class OtpEvents
{
    public static NewEvent Of(
        OrganizationId organization, string type, OtpChallengeId challenge, MessageId message, string address, string purpose) =>
        new(organization, type, EventResources.Otp, challenge.Value, message,
            JsonSerializer.Serialize(new OtpEventData(challenge.ToString(), address, purpose), OtpJson.Default.OtpEventData));
}

internal sealed record OtpEventData(string ChallengeId, string To, string Purpose);

/// <summary>What a template for codes is rendered with.</summary>
internal sealed record OtpVariables(string Code, string BrandName, string Purpose, double ExpiresInMinutes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OtpEventData))]
[JsonSerializable(typeof(OtpVariables))]
internal sealed partial class OtpJson : JsonSerializerContext;
