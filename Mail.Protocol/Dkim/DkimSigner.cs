using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Protocol.Dkim;

/// <summary>
/// Makes <c>DKIM-Signature</c> fields (RFC 6376 §5). Instances may be used by any number of threads at once.
/// For a second signature with another key, call a second signer with the same message.
/// </summary>
public sealed class DkimSigner
{
    private const int MaxHeaderBytes = 4 * 1024 * 1024, MaxHeaderFields = 10_000;

    private readonly DkimKey _key;
    private readonly DkimSignerOptions _options;
    private readonly SignedFields _fields;
    private readonly string _start;

    /// <summary>A signer for one key, published at <c>selector._domainkey.domain</c>.</summary>
    /// <param name="key">The private key; the signer does not dispose it.</param>
    /// <param name="domain">The signing domain (tag <c>d=</c>), in ASCII.</param>
    /// <param name="selector">The selector (tag <c>s=</c>), in ASCII.</param>
    /// <param name="options">What is signed; the defaults suit transactional mail.</param>
    /// <exception cref="ArgumentException">A name that cannot stand in a signature.</exception>
    public DkimSigner(DkimKey key, string domain, string selector, DkimSignerOptions? options = null)
    {
        _key = key;
        _options = options ?? new DkimSignerOptions();
        RequireName(domain, nameof(domain));
        RequireName(selector, nameof(selector));
        _fields = new SignedFields(_options);
        _start = $"DKIM-Signature: v=1; a={key.Algorithm}; c={Word(_options.Header)}/{Word(_options.Body)}; d={domain};\r\n\ts={selector};"
            + (_options.Identity is { } identity ? $" i={RequireIdentity(identity, domain)};" : "");
    }

    /// <summary>The signature field of the message, with its CRLF, to be put in front of it.</summary>
    /// <param name="message">The whole message; a bare LF counts as CRLF, because SMTP sends it as such.</param>
    /// <param name="signedAt">The moment for the tag <c>t=</c>.</param>
    /// <exception cref="ArgumentException">A header of more than 4 MiB or 10,000 fields.</exception>
    public byte[] Sign(ReadOnlyMemory<byte> message, DateTimeOffset signedAt) => Sign(new ReadOnlySequence<byte>(message), signedAt);

    /// <inheritdoc cref="Sign(ReadOnlyMemory{byte}, DateTimeOffset)"/>
    public byte[] Sign(ReadOnlySequence<byte> message, DateTimeOffset signedAt)
    {
        var header = RawHeader.Read(message, MaxHeaderBytes, MaxHeaderFields)
            ?? throw new ArgumentException("The message has too large a header to sign.", nameof(message));
        var bodyHash = BodyHasher.Hash(header.Body, _options.Body, out _);

        var signed = new ArrayBufferWriter<byte>(2048);
        var names = _fields.Append(signed, header);
        var field = SignatureField(names, bodyHash, signedAt);

        // RFC 6376 §3.7: the field itself comes last, with an empty b= and without its CRLF.
        HeaderCanonicalizer.AppendWithoutLineEnd(signed, field, _options.Header);
        var signature = _key.SignHash(SHA256.HashData(signed.WrittenSpan));
        return FoldedBase64.AppendTo(field, signature);
    }

    private byte[] SignatureField(string names, byte[] bodyHash, DateTimeOffset signedAt)
    {
        var seconds = signedAt.ToUnixTimeSeconds();
        var expiry = _options.Lifetime is { } lifetime ? $" x={seconds + (long)lifetime.TotalSeconds};" : "";
        return Encoding.ASCII.GetBytes(
            $"{_start} t={seconds};{expiry}\r\n\th={names};\r\n\tbh={Convert.ToBase64String(bodyHash)};\r\n\tb=");
    }

    private static string Word(DkimCanonicalization canonicalization) =>
        canonicalization == DkimCanonicalization.Relaxed ? "relaxed" : "simple";

    private static void RequireName(string name, string parameter)
    {
        if (!DomainNames.IsValid(name))
            throw new ArgumentException("Not a domain name in ASCII.", parameter);
    }

    private static string RequireIdentity(string identity, string domain)
    {
        // RFC 6376 §3.5, tag i: the same domain or a subdomain of it. Only characters that need no dkim-quoted-printable.
        var at = identity.LastIndexOf('@');
        if (at < 0 || !DomainNames.IsSameOrBelow(identity[(at + 1)..], domain) || identity.Any(c => c is <= ' ' or ';' or '=' or > '~'))
            throw new ArgumentException("Not an identity in the signing domain.", nameof(identity));
        return identity;
    }
}
