using System.Buffers.Binary;
using System.Text;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Secrets;

namespace Mail.Core.TrackedMail;

/// <summary>
/// Writes and reads the tokens of links, pixels and unsubscription. A link's target is in its token, under the signature: we lead
/// nowhere that we did not write, and ask nobody where to.
/// </summary>
public sealed class TrackingLinks(SignedTokens tokens)
{
    /// <summary>Longer targets are left as they are.</summary>
    public const int MaxUrl = 2_000;

    private const int HeadLength = 1 + 16 + 16 + 2;
    private const int MaxTokenText = (HeadLength + (MaxUrl * 3) + 16) * 4 / 3 + 4;

    public string Write(TrackingAction action, OrganizationId organization, MessageId message, short recipient, string url = "")
    {
        var payload = new byte[HeadLength + Encoding.UTF8.GetByteCount(url)];
        payload[0] = (byte)action;
        organization.Value.TryWriteBytes(payload.AsSpan(1), bigEndian: true, out _);
        message.Value.TryWriteBytes(payload.AsSpan(17), bigEndian: true, out _);
        BinaryPrimitives.WriteInt16BigEndian(payload.AsSpan(33), recipient);
        Encoding.UTF8.GetBytes(url, payload.AsSpan(HeadLength));
        return tokens.Write(payload);
    }

    /// <summary>Null when we did not write it for this action.</summary>
    public TrackingTarget? Read(TrackingAction action, string token)
    {
        if (token.Length > MaxTokenText || tokens.Read(token) is not { Length: >= HeadLength } payload || payload[0] != (byte)action)
            return null;
        return new TrackingTarget(
            new OrganizationId(new Guid(payload.AsSpan(1, 16), bigEndian: true)), new MessageId(new Guid(payload.AsSpan(17, 16), bigEndian: true)),
            BinaryPrimitives.ReadInt16BigEndian(payload.AsSpan(33)), Encoding.UTF8.GetString(payload.AsSpan(HeadLength)));
    }
}

/// <summary>What a recipient does. The numbers are written into tokens.</summary>
public enum TrackingAction : byte
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,
}

/// <param name="Url">Where a click leads; empty for the others.</param>
public sealed record TrackingTarget(OrganizationId Organization, MessageId Message, short Recipient, string Url);
