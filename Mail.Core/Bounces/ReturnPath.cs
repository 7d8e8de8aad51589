using System.Buffers.Binary;
using System.Security.Cryptography;
using Mail.Core.Ids;
using Mail.Core.Messages;

namespace Mail.Core.Bounces;

/// <summary>What a return path of ours says: which message, and which of its recipients.</summary>
/// <param name="Recipient">Null when one transaction carried several recipients.</param>
public readonly record struct ReturnPathTarget(MessageId Message, short? Recipient);

/// <summary>
/// Writes and reads the local part of our return paths, <c>b+&lt;token&gt;</c>. The token holds message, recipient and
/// last valid day under an HMAC, so that a bounce is believed for where it arrives and not for what it says.
/// </summary>
/// <remarks>49 octets of the 64 that RFC 5321 §4.5.3.1.1 allows.</remarks>
public sealed class ReturnPath(IReadOnlyList<byte[]> keys, TimeProvider clock)
{
    private const string Prefix = "b+";
    private const byte Version = 1;
    private const int PayloadLength = 1 + 16 + 2 + 2;
    private const int MacLength = 8;
    private const int TokenLength = PayloadLength + MacLength;
    private const ushort AllRecipients = ushort.MaxValue;
    // Remote queues give up after five days (RFC 5321 §4.5.4.1), some only after weeks.
    private const int ValidDays = 30;

    public ReturnPath(byte[] key, TimeProvider clock) : this([key], clock)
    {
    }

    public string Write(MessageId message, short? recipient)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        token[0] = Version;
        message.Value.TryWriteBytes(token[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(token[17..], recipient is { } ordinal ? (ushort)ordinal : AllRecipients);
        BinaryPrimitives.WriteUInt16BigEndian(token[19..], (ushort)(Today() + ValidDays));
        Sign(keys[0], token[..PayloadLength], token[PayloadLength..]);
        return Prefix + Base32.Write(token);
    }

    /// <summary>Null when the local part is not one of ours, was altered, or is out of date.</summary>
    public ReturnPathTarget? Read(string localPart)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        if (!localPart.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !Base32.TryRead(localPart.AsSpan(Prefix.Length), token))
            return null;
        if (!IsSigned(token) || token[0] != Version)
            return null;
        if (BinaryPrimitives.ReadUInt16BigEndian(token[19..]) < Today())
            return null;
        var recipient = BinaryPrimitives.ReadUInt16BigEndian(token[17..]);
        return new ReturnPathTarget(
            new MessageId(new Guid(token.Slice(1, 16), bigEndian: true)), recipient == AllRecipients ? null : (short)recipient);
    }

    private int Today() => (int)(clock.GetUtcNow().ToUnixTimeSeconds() / 86_400);

    // Mail that left before a rotation bounces under the former key.
    private bool IsSigned(ReadOnlySpan<byte> token)
    {
        Span<byte> mac = stackalloc byte[MacLength];
        foreach (var key in keys)
        {
            Sign(key, token[..PayloadLength], mac);
            if (CryptographicOperations.FixedTimeEquals(mac, token[PayloadLength..]))
                return true;
        }
        return false;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> payload, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, payload, full);
        full[..MacLength].CopyTo(mac);
    }
}
