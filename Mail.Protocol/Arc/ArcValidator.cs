using System.Buffers;
using Mail.Protocol.Dkim;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Arc;

/// <summary>Validates the ARC chain of a message (RFC 8617 §5.2). Safe for concurrent use.</summary>
/// <param name="resolver">Where keys are looked up.</param>
/// <param name="time">The clock that expiry (<c>x=</c>) is measured by.</param>
/// <param name="options">Bounds; null takes the defaults.</param>
public sealed class ArcValidator(IDnsResolver resolver, TimeProvider time, ArcValidatorOptions? options = null)
{
    private const int MaxKeyRecords = 4;

    private readonly ArcValidatorOptions _options = options ?? new ArcValidatorOptions();

    /// <summary>The state of the chain; <see cref="ArcStatus.None"/> for a message without ARC fields.</summary>
    public Task<ArcResult> ValidateAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        ValidateAsync(new ReadOnlySequence<byte>(message), cancellationToken);

    /// <inheritdoc cref="ValidateAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<ArcResult> ValidateAsync(ReadOnlySequence<byte> message, CancellationToken cancellationToken)
    {
        if (RawHeader.Read(message, _options.MaxHeaderBytes, _options.MaxHeaderFields) is not { } header)
            return ArcResult.Fail("header too large");

        var chain = ArcChain.Read(header);
        if (FaultOf(chain) is { } fault)
            return ArcResult.Fail(fault);
        if (chain.Sets.Count == 0)
            return new ArcResult(ArcStatus.None, "");
        return header.IsMalformed
            ? ArcResult.Fail("malformed header")
            : await ValidateAsync(header, chain.Sets, cancellationToken);
    }

    private string? FaultOf(ArcChain chain)
    {
        // RFC 8617 §5.2, step 2
        if (chain.IsSealedAsFailed)
            return "the chain was sealed as failed";
        if (chain.Fault is not null)
            return chain.Fault;
        if (chain.Sets.Count > _options.MaxSets)
            return "too many sets";

        foreach (var set in chain.Sets)
        {
            // RFC 8617 §5.2, step 3 C: none in the first seal, pass in all others.
            var expected = set.Seal.Instance == 1 ? "none" : "pass";
            if (set.Seal.Tags?.Compact("cv") != expected)
                return $"seal {set.Seal.Instance} has a wrong cv=";
        }

        return null;
    }

    private async Task<ArcResult> ValidateAsync(RawHeader header, IReadOnlyList<ArcFields> sets, CancellationToken cancellationToken)
    {
        var hashes = new SignedHash(header);
        if (await MessageSignatureFaultAsync(header, hashes, sets[^1], cancellationToken) is { } newest)
            return Fail(newest, $"message signature {sets.Count}");

        var read = new List<ArcSet>();
        foreach (var set in sets)
        {
            var (seal, fault) = await SealFaultAsync(header, sets.Take(set.Seal.Instance), set, cancellationToken);
            if (fault is not null)
                return Fail(fault, $"seal {set.Seal.Instance}");
            read.Add(seal!);
        }

        return new ArcResult(ArcStatus.Pass, "")
        {
            Sets = read,
            OldestPass = await OldestPassAsync(header, hashes, sets, cancellationToken),
        };
    }

    private static ArcResult Fail(SignatureFault fault, string where) =>
        ArcResult.Fail($"{where}: {fault.Reason}") with { IsTemporary = fault.Status == DkimStatus.Temperror };

    // RFC 8617 §5.2, step 5
    private async Task<int> OldestPassAsync(
        RawHeader header, SignedHash hashes, IReadOnlyList<ArcFields> sets, CancellationToken cancellationToken)
    {
        for (var i = sets.Count - 2; i >= 0; i--)
        {
            if (await MessageSignatureFaultAsync(header, hashes, sets[i], cancellationToken) is not null)
                return i + 2;
        }

        return 0;
    }

    private async Task<SignatureFault?> MessageSignatureFaultAsync(
        RawHeader header, SignedHash hashes, ArcFields set, CancellationToken cancellationToken)
    {
        var (tags, fault) = SignatureTags.Read(set.MessageSignature.Tags, isArc: true, time.GetUtcNow());
        if (tags is null)
            return fault;
        // RFC 8617 §4.1.2: seals MUST NOT be signed by a message signature.
        if (tags.SignedNames.Any(name => name.AsSpan().SequenceEqual("arc-seal"u8)))
            return new(DkimStatus.Permerror, "ARC-Seal is signed");
        if (hashes.Body(tags.Body, tags.BodyLength) is not { } body)
            return new(DkimStatus.Policy, "too many different body hashes");
        if (DkimVerifier.BodyFault(tags, body) is { } bodyFault)
            return bodyFault;

        var hash = hashes.Header(tags, set.MessageSignature.Raw, set.MessageSignature.Tags!);
        return await KeyFaultAsync(tags.Selector, tags.Domain, tags.KeyType, hash, tags.Signature, cancellationToken);
    }

    private async Task<(ArcSet? Set, SignatureFault? Fault)> SealFaultAsync(
        RawHeader header, IEnumerable<ArcFields> sets, ArcFields set, CancellationToken cancellationToken)
    {
        var tags = set.Seal.Tags!;
        var (keyType, fault) = SignatureTags.ReadAlgorithm(tags);
        if (fault is not null)
            return (null, fault);
        // RFC 8617 §4.1.3: h= in a seal makes it fail; the fields it signs are fixed.
        if (tags.Has("h"))
            return (null, new(DkimStatus.Permerror, "h= in a seal"));
        if (tags.Base64("b") is not { Length: > 0 } signature || tags.Compact("t") is { } t && !long.TryParse(t, out _))
            return (null, new(DkimStatus.Permerror, "malformed b= or t="));
        if (SignatureTags.AsciiName(tags.Compact("d") ?? "") is not { } domain
            || SignatureTags.AsciiName(tags.Compact("s") ?? "") is not { } selector)
            return (null, new(DkimStatus.Permerror, "missing or malformed d= or s="));

        var hash = ArcSealHash.Of(header, sets);
        if (await KeyFaultAsync(selector, domain, keyType, hash, signature, cancellationToken) is { } keyFault)
            return (null, keyFault);
        var chainStatus = set.Seal.Instance == 1 ? ArcStatus.None : ArcStatus.Pass;
        return (new ArcSet(set.Seal.Instance, domain, selector, chainStatus, ArcChain.PayloadOf(header, set.Results)), null);
    }

    private async Task<SignatureFault?> KeyFaultAsync(
        string selector, string domain, DkimKeyType type, byte[] hash, byte[] signature, CancellationToken cancellationToken)
    {
        var answer = await resolver.ResolveTxtAsync($"{selector}._domainkey.{domain}", cancellationToken);
        return KeyCheck.Run(answer, type, hash, signature, MaxKeyRecords, identityDomain: null, domain).Fault;
    }
}
