using System.Buffers.Binary;
using Mail.Core.Organizations;
using Mail.Core.Secrets;

namespace Mail.Core.Inbound;

/// <summary>Writes and reads the tokens of addresses that an attachment of received mail can be read from without an API key.</summary>
public sealed class AttachmentLinks(SignedTokens tokens, TimeProvider clock)
{
    private const byte Version = 1;
    private const int TokenLength = 1 + 16 + 16 + 4 + 8;
    private const int MaxTextLength = 200;

    public string Write(OrganizationId organization, InboundMessageId message, int number, DateTimeOffset expiresAt)
    {
        Span<byte> payload = stackalloc byte[TokenLength];
        payload[0] = Version;
        organization.Value.TryWriteBytes(payload[1..], bigEndian: true, out _);
        message.Value.TryWriteBytes(payload[17..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(payload[33..], number);
        BinaryPrimitives.WriteInt64BigEndian(payload[37..], expiresAt.ToUnixTimeSeconds());
        return tokens.Write(payload);
    }

    /// <summary>Null when it is not one of ours, or over.</summary>
    public AttachmentLink? Read(string token)
    {
        if (token.Length > MaxTextLength || tokens.Read(token) is not { Length: TokenLength } payload || payload[0] != Version
            || BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(37)) <= clock.GetUtcNow().ToUnixTimeSeconds())
            return null;
        return new AttachmentLink(
            new OrganizationId(new Guid(payload.AsSpan(1, 16), bigEndian: true)), new InboundMessageId(new Guid(payload.AsSpan(17, 16), bigEndian: true)),
            BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(33)));
    }
}

/// <summary>What the address of an attachment says.</summary>
/// <param name="Number">Its place in the mail, from 1.</param>
public readonly record struct AttachmentLink(OrganizationId Organization, InboundMessageId Message, int Number);
