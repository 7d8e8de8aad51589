using System.Security.Cryptography;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>A key record (RFC 6376 §3.6.1), read for use with one signature.</summary>
internal sealed class DkimPublicKey
{
    private const int MinRsaBits = 1024, MaxRsaBits = 8192;

    private readonly DkimKeyType _type;
    private readonly byte[] _octets;

    private DkimPublicKey(DkimKeyType type, byte[] octets, string[] flags)
    {
        _type = type;
        _octets = octets;
        IsTesting = flags.Contains("y");
        RequiresSameDomain = flags.Contains("s");
    }

    public bool IsTesting { get; }

    /// <summary>Flag <c>t=s</c>: the domain of <c>i=</c> has to be that of <c>d=</c>.</summary>
    public bool RequiresSameDomain { get; }

    /// <summary>The key, or the fault. The text has one character per octet.</summary>
    public static (DkimPublicKey? Key, SignatureFault? Fault) Read(string record, DkimKeyType wanted)
    {
        if (TagList.Parse(Encoding.Latin1.GetBytes(record)) is not { } list)
            return Fault("malformed key record");
        // RFC 6376 §3.6.1: v= is optional, but the first tag and DKIM1 if there.
        if (list.Has("v") && (!list.IsFirst("v") || list.Text("v") != "DKIM1"))
            return Fault("not a DKIM key record");
        if ((list.Compact("k") ?? "rsa") != (wanted == DkimKeyType.Rsa ? "rsa" : "ed25519"))
            return Fault("key type does not fit the algorithm");
        if (list.Has("h") && !list.Parts("h").Contains("sha256"))
            return Fault("key does not allow sha256");
        if (list.Has("s") && !list.Parts("s").Any(service => service is "*" or "email"))
            return Fault("key is not for email");
        if (list.Text("p") is "")
            return Fault("key revoked");
        if (list.Base64("p") is not { Length: > 0 } octets)
            return Fault("missing or malformed p=");
        return (new DkimPublicKey(wanted, octets, list.Parts("t")), null);
    }

    /// <summary>Null when the signature of the hash is good, else why not.</summary>
    public SignatureFault? Check(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (_type == DkimKeyType.Rsa)
            return CheckRsa(hash, signature);
        // RFC 8463 §4
        if (_octets.Length != Ed25519.KeyBytes)
            return new(DkimStatus.Permerror, "malformed Ed25519 key");
        return signature.Length == Ed25519.SignatureBytes && Ed25519.Verify(_octets, hash, signature) ? null : BadSignature;
    }

    private static SignatureFault BadSignature => new(DkimStatus.Fail, "signature did not verify");

    private SignatureFault? CheckRsa(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (RsaPublicKeys.Rent(_octets) is not { } rsa)
            return new(DkimStatus.Permerror, "malformed RSA key");
        try
        {
            // RFC 8301 §3.2
            if (rsa.KeySize < MinRsaBits)
                return new(DkimStatus.Policy, $"key of {rsa.KeySize} bits is too short");
            if (rsa.KeySize > MaxRsaBits)
                return new(DkimStatus.Policy, $"key of {rsa.KeySize} bits is too long");
            return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? null : BadSignature;
        }
        finally
        {
            RsaPublicKeys.Return(_octets, rsa);
        }
    }

    private static (DkimPublicKey?, SignatureFault) Fault(string reason) => (null, new(DkimStatus.Permerror, reason));
}
