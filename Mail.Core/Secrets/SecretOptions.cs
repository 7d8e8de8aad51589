using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Secrets;

/// <summary>Keys that protect what is stored.</summary>
public sealed class SecretOptions
{
    public const string Section = "Secrets";

    /// <summary>Base64 of 32 random bytes. Private keys are sealed with it and return paths are signed with it. No default.</summary>
    [Required]
    public string MasterKey { get; set; } = "";

    /// <summary>
    /// Further master keys, which open and verify but do not seal: former ones until <c>keyring rotate</c> has run, and the
    /// next one while it is being handed to all processes.
    /// </summary>
    public IList<string> OtherKeys { get; set; } = [];
}
