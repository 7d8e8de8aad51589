using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Otp;

/// <summary>One-time codes.</summary>
public sealed class OtpOptions
{
    public const string Section = "Otp";

    /// <summary>Wrong codes that end a challenge. Default 5.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Challenges one address may be sent within <see cref="AddressWindow"/>. Default 5.</summary>
    [Range(1, 10_000)]
    public int MaxPerAddress { get; set; } = 5;

    /// <summary>Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AddressWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Challenges one organization may send within <see cref="OrganizationWindow"/>. Default 3000.</summary>
    [Range(1, 10_000_000)]
    public int MaxPerOrganization { get; set; } = 3000;

    /// <summary>Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OrganizationWindow { get; set; } = TimeSpan.FromMinutes(1);
}
