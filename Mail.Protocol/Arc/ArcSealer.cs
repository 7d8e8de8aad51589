using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mail.Protocol.AuthenticationResults;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.Arc;

/// <summary>
/// Adds a set to the ARC chain of a message that is passed on (RFC 8617 §5.1). Instances may be used by any number of threads at once.
/// </summary>
public sealed class ArcSealer
{
    private const int MaxHeaderBytes = 4 * 1024 * 1024, MaxHeaderFields = 10_000;

    // RFC 8617 §4.1.2: DKIM signatures are worth signing; results and seals are not to be signed.
    private static readonly DkimSignerOptions s_signed = new()
    {
        OverSigned = ["From"],
        SignedWhenPresent = [.. new DkimSignerOptions().OverSigned, .. new DkimSignerOptions().SignedWhenPresent, "DKIM-Signature"],
    };

    private readonly DkimKey _key;
    private readonly string _domain, _selector, _authservId;
    private readonly SignedFields _fields = new(s_signed);

    /// <summary>A sealer for one key, published at <c>selector._domainkey.domain</c>.</summary>
    /// <param name="key">The private key; the sealer does not dispose it.</param>
    /// <param name="domain">The sealing domain, in ASCII.</param>
    /// <param name="selector">The selector, in ASCII.</param>
    /// <param name="authservId">The name that the results are given in.</param>
    /// <exception cref="ArgumentException">A name that cannot stand in a signature.</exception>
    public ArcSealer(DkimKey key, string domain, string selector, string authservId)
    {
        if (!DomainNames.IsValid(domain) || !DomainNames.IsValid(selector))
            throw new ArgumentException("Not a domain name in ASCII.", nameof(domain));
        (_key, _domain, _selector, _authservId) = (key, domain, selector, authservId);
    }

    /// <summary>
    /// The three fields of the next instance, to be put in front of the message; null when the chain takes no more:
    /// it has 50 sets, or was sealed as failed before (RFC 8617 §5.1, step 2).
    /// </summary>
    /// <param name="message">The message as it leaves, with all other changes made.</param>
    /// <param name="arrived">What the validator said of the message as it came in.</param>
    /// <param name="results">What was found of the message as it came in.</param>
    /// <param name="sealedAt">The moment for the tags <c>t=</c>.</param>
    /// <exception cref="ArgumentException">A header of more than 4 MiB or 10,000 fields.</exception>
    public byte[]? Seal(
        ReadOnlySequence<byte> message, ArcResult arrived, IReadOnlyList<AuthenticationResult> results, DateTimeOffset sealedAt)
    {
        var header = RawHeader.Read(message, MaxHeaderBytes, MaxHeaderFields)
            ?? throw new ArgumentException("The message has too large a header to seal.", nameof(message));
        var chain = ArcChain.Read(header);
        var instance = chain.HighestInstance + 1;
        if (chain.IsSealedAsFailed || instance > ArcChain.MaxSets)
            return null;

        var isIntact = chain.Fault is null && (arrived.Status == ArcStatus.Pass || (arrived.Status == ArcStatus.None && instance == 1));
        var status = !isIntact ? "fail" : instance == 1 ? "none" : "pass";
        var payload = AuthenticationResultsWriter.WritePayload(_authservId, results);
        var aar = Encoding.UTF8.GetBytes($"ARC-Authentication-Results: i={instance}; {payload}\r\n");
        var ams = MessageSignature(header, instance, sealedAt);
        var seal = SealField(header, chain, aar, ams, instance, status, sealedAt);
        return [.. seal, .. ams, .. aar];
    }

    private byte[] MessageSignature(RawHeader header, int instance, DateTimeOffset sealedAt)
    {
        var bodyHash = BodyHasher.Hash(header.Body, DkimCanonicalization.Relaxed, out _);
        var signed = new ArrayBufferWriter<byte>(2048);
        var names = _fields.Append(signed, header);
        var field = Encoding.ASCII.GetBytes(
            $"ARC-Message-Signature: i={instance}; a={_key.Algorithm}; c=relaxed/relaxed;\r\n\td={_domain}; s={_selector}; "
            + $"t={Seconds(sealedAt)};\r\n\th={names};\r\n\tbh={Convert.ToBase64String(bodyHash)};\r\n\tb=");
        return Sign(signed, field);
    }

    private byte[] SealField(
        RawHeader header, ArcChain chain, byte[] aar, byte[] ams, int instance, string status, DateTimeOffset sealedAt)
    {
        var signed = new ArrayBufferWriter<byte>(4096);
        // RFC 8617 §5.1.2: a broken chain is not signed; the new set stands alone.
        foreach (var set in status == "fail" ? [] : chain.Sets)
        {
            ArcSealHash.Append(signed, header.Raw(set.Results.Raw));
            ArcSealHash.Append(signed, header.Raw(set.MessageSignature.Raw));
            ArcSealHash.Append(signed, header.Raw(set.Seal.Raw));
        }

        ArcSealHash.Append(signed, aar.AsSpan()[..^2]);
        ArcSealHash.Append(signed, ams.AsSpan()[..^2]);
        var field = Encoding.ASCII.GetBytes(
            $"ARC-Seal: i={instance}; a={_key.Algorithm}; cv={status}; d={_domain};\r\n\ts={_selector}; t={Seconds(sealedAt)};\r\n\tb=");
        return Sign(signed, field);
    }

    private byte[] Sign(ArrayBufferWriter<byte> signed, byte[] field)
    {
        HeaderCanonicalizer.AppendWithoutLineEnd(signed, field, DkimCanonicalization.Relaxed);
        return FoldedBase64.AppendTo(field, _key.SignHash(SHA256.HashData(signed.WrittenSpan)));
    }

    private static string Seconds(DateTimeOffset moment) => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
