using System.Buffers;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Dkim;

/// <summary>Verifies the <c>DKIM-Signature</c> fields of a message (RFC 6376 §6). Safe for concurrent use.</summary>
/// <param name="resolver">Where keys are looked up.</param>
/// <param name="time">The clock that expiry (<c>x=</c>) is measured by.</param>
/// <param name="options">Bounds and policy; null takes the defaults.</param>
public sealed class DkimVerifier(IDnsResolver resolver, TimeProvider time, DkimVerifierOptions? options = null)
{
    private readonly DkimVerifierOptions _options = options ?? new DkimVerifierOptions();

    /// <summary>One result per signature, in the order of the fields; empty for a message without one.</summary>
    public Task<IReadOnlyList<DkimResult>> VerifyAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        VerifyAsync(new ReadOnlySequence<byte>(message), cancellationToken);

    /// <inheritdoc cref="VerifyAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public async Task<IReadOnlyList<DkimResult>> VerifyAsync(ReadOnlySequence<byte> message, CancellationToken cancellationToken)
    {
        if (RawHeader.Read(message, _options.MaxHeaderBytes, _options.MaxHeaderFields) is not { } header)
            return [new(DkimStatus.Permerror, "", "", "header too large")];

        var fields = header.Fields.Where(field => header.Is(field, "DKIM-Signature"u8)).ToList();
        if (fields.Count == 0)
            return [];

        var hashes = new SignedHash(header);
        var checks = fields.Select((field, index) => index < _options.MaxSignatures
            ? VerifyAsync(header, hashes, field, cancellationToken)
            : Task.FromResult(new DkimResult(DkimStatus.Policy, "", "", "too many signatures")));

        // The look-ups of all keys run at the same time.
        return await Task.WhenAll(checks);
    }

    private async Task<DkimResult> VerifyAsync(RawHeader header, SignedHash hashes, RawField field, CancellationToken cancellationToken)
    {
        var list = TagList.Parse(header.Value(field));
        var (tags, fault) = SignatureTags.Read(list, isArc: false, time.GetUtcNow());
        if (tags is null)
            return Unreadable(list, fault!);

        var result = Named(tags, list!);
        if (header.IsMalformed)
            return result with { Status = DkimStatus.Permerror, Reason = "malformed header" };
        // RFC 6376 §6.1.3: the body hash is checked first; it needs no look-up.
        if (hashes.Body(tags.Body, tags.BodyLength) is not { } body)
            return result with { Status = DkimStatus.Policy, Reason = "too many different body hashes" };
        if (BodyFault(tags, body) is { } bodyFault)
            return result with { Status = bodyFault.Status, Reason = bodyFault.Reason };

        var hash = hashes.Header(tags, field, list!);
        var answer = await resolver.ResolveTxtAsync($"{tags.Selector}._domainkey.{tags.Domain}", cancellationToken);
        var identityDomain = tags.Identity[(tags.Identity.LastIndexOf('@') + 1)..];
        var (keyFault, isTesting) = KeyCheck.Run(
            answer, tags.KeyType, hash, tags.Signature, _options.MaxKeyRecords, identityDomain, tags.Domain);

        var left = body.CanonicalBytes - (tags.BodyLength ?? body.CanonicalBytes);
        if (keyFault is null && left > 0 && !_options.AcceptPartlySignedBody)
            keyFault = new(DkimStatus.Policy, "l= leaves part of the body unsigned");
        return result with
        {
            Status = keyFault?.Status ?? DkimStatus.Pass,
            Reason = keyFault?.Reason ?? "",
            IsTesting = isTesting,
            UnsignedBodyBytes = left,
        };
    }

    internal static SignatureFault? BodyFault(SignatureTags tags, (byte[] Hash, long CanonicalBytes) body)
    {
        if (tags.BodyLength > body.CanonicalBytes)
            return new(DkimStatus.Fail, "body is shorter than l=");
        return body.Hash.AsSpan().SequenceEqual(tags.BodyHash) ? null : new(DkimStatus.Fail, "body hash did not verify");
    }

    private static DkimResult Unreadable(TagList? list, SignatureFault fault) => new(
        fault.Status,
        SignatureTags.AsciiName(list?.Compact("d") ?? "") ?? "",
        SignatureTags.AsciiName(list?.Compact("s") ?? "") ?? "",
        fault.Reason)
    {
        SignatureStart = Start(list),
    };

    private static DkimResult Named(SignatureTags tags, TagList list) => new(DkimStatus.None, tags.Domain, tags.Selector, "")
    {
        Identity = tags.Identity,
        Algorithm = tags.Algorithm,
        SignatureStart = Start(list),
        SignedAt = tags.SignedAt,
    };

    private static string Start(TagList? list) =>
        list?.Base64("b") is { Length: >= 6 } signature ? Convert.ToBase64String(signature.AsSpan(0, 6)) : "";
}
