using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tls;

/// <summary>The operator's own root certificates, read once.</summary>
public sealed class TrustedRoots(IOptions<TlsOptions> options)
{
    private readonly Lazy<X509Certificate2Collection?> _own = new(() => Read(options.Value.RootsFile));

    /// <summary>Null: those of the system.</summary>
    public X509Certificate2Collection? Own => _own.Value;

    /// <summary>For a chain that ends at one of them, or at one of the system's. Nothing is looked up: those would be requests to hosts that strangers choose.</summary>
    internal X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (Own is { } own)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(own);
        }
        return policy;
    }

    internal static X509Certificate2Collection? Read(string? file)
    {
        if (string.IsNullOrEmpty(file))
            return null;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots.Count > 0 ? roots : throw new FormatException($"{file} has no certificate.");
    }
}

internal sealed class TlsOptionsValidator : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        try
        {
            TrustedRoots.Read(options.RootsFile);
            return ValidateOptionsResult.Success;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            return ValidateOptionsResult.Fail($"Mail:Tls:RootsFile cannot be read: {error.Message}");
        }
    }
}
