using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;

namespace Mail.Core.Suppressions;

/// <summary>A suppressed address as it is read back.</summary>
/// <param name="Message">What made it suppressed, when that was a message.</param>
public sealed record Suppression(
    SuppressionId Id, string Email, string Reason, string Source, IReadOnlyDictionary<string, string> Metadata, MessageId? Message,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>An address to suppress.</summary>
/// <param name="Email">As it is shown.</param>
/// <param name="Key">See <see cref="AddressKey"/>.</param>
internal sealed record NewSuppression(
    OrganizationId Organization, string Email, string Key, SuppressionReason Reason, SuppressionSource Source,
    IReadOnlyDictionary<string, string>? Metadata = null, DateTimeOffset? ExpiresAt = null, MessageId? Message = null);

/// <summary>An address that a user suppresses.</summary>
public sealed record SuppressionInput(
    EmailAddress Address, SuppressionReason Reason, IReadOnlyDictionary<string, string>? Metadata = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A suppression that is lifted.</summary>
/// <param name="Key">See <see cref="AddressKey"/>.</param>
public sealed record LiftedSuppression(SuppressionId Id, string Key);

/// <summary>Which suppressions are asked for.</summary>
public sealed record SuppressionFilter(
    EmailAddress? Email = null, string? Reason = null, string? Source = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null);
