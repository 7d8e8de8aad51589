using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Who a client says it is. Never printed.</summary>
/// <param name="AuthorizationId">The identity to act as; empty for the user's own.</param>
/// <param name="User">The user name.</param>
/// <param name="Secret">The password.</param>
public sealed record SmtpAuthIdentity(string AuthorizationId, string User, string Secret)
{
    /// <summary>Dots.</summary>
    public override string ToString() => "••••";
}

/// <summary>Decodes what clients send after AUTH: RFC 4954 §4.</summary>
public static class SmtpAuthResponse
{
    private const int MaxPartOctets = 255; // RFC 4616 §2: more is allowed, but nobody has it

    /// <summary>The response of PLAIN: <c>[authzid] NUL authcid NUL passwd</c> (RFC 4616 §2); null when it is not that.</summary>
    /// <param name="base64">Without CRLF; <c>*</c>, with which a client cancels, is not base64 and gives null.</param>
    public static SmtpAuthIdentity? Plain(ReadOnlySpan<byte> base64)
    {
        var parts = Text(base64)?.Split('\0');
        return parts is [var authorization, { Length: > 0 } user, { Length: > 0 } secret]
            && Array.TrueForAll(parts, part => part.Length <= MaxPartOctets)
            ? new SmtpAuthIdentity(authorization, user, secret)
            : null;
    }

    /// <summary>A line of LOGIN: user name or password; null when it is not base64 of UTF-8.</summary>
    public static string? Text(ReadOnlySpan<byte> base64)
    {
        if (base64.Length > SmtpLimits.MaxAuthLineOctets)
            return null;
        var octets = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        var status = System.Buffers.Text.Base64.DecodeFromUtf8(base64, octets, out _, out var length);
        return status == System.Buffers.OperationStatus.Done && System.Text.Unicode.Utf8.IsValid(octets.AsSpan(0, length))
            ? Encoding.UTF8.GetString(octets, 0, length)
            : null;
    }
}
