using System.Text.Json;
using Mail.Core.Persistence;
using Mail.Protocol.Addresses;

namespace Mail.Core.Messages;

/// <summary>How the parts of a message that have no columns of their own are kept as JSON.</summary>
internal static class ContentJson
{
    public static string? Write(IReadOnlyDictionary<string, string>? map) =>
        map is { Count: > 0 } ? JsonSerializer.Serialize(map, StoredJson.Default.IReadOnlyDictionaryStringString) : null;

    public static string? Write(IReadOnlyList<Mailbox> mailboxes) =>
        mailboxes.Count > 0
            ? JsonSerializer.Serialize([.. mailboxes.Select(box => new StoredMailbox(box.DisplayName, box.Address.Address))], StoredJson.Default.ListStoredMailbox)
            : null;

    public static string? Write(IReadOnlyList<StoredAttachment> attachments) =>
        attachments.Count > 0 ? JsonSerializer.Serialize(attachments, StoredJson.Default.IReadOnlyListStoredAttachment) : null;

    /// <summary>The data of an event about one recipient.</summary>
    public static string WriteRecipient(string address) =>
        Write(new Dictionary<string, string> { ["recipient"] = address })!;

    public static string WriteReason(string address, string reason) =>
        Write(new Dictionary<string, string> { ["recipient"] = address, ["reason"] = reason })!;

    public static IReadOnlyDictionary<string, string> ReadMap(string? json) =>
        json is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize(json, StoredJson.Default.IReadOnlyDictionaryStringString)!;

    public static IReadOnlyList<StoredMailbox> ReadMailboxes(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, StoredJson.Default.ListStoredMailbox)!;

    public static IReadOnlyList<StoredAttachment> ReadAttachments(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, StoredJson.Default.IReadOnlyListStoredAttachment)!;
}

/// <summary>A mailbox as stored and listed: the address as the wire carries it.</summary>
public sealed record StoredMailbox(string? Name, string Address);

/// <summary>An attachment whose bytes have this SHA-256 (hex), so that a queued mail keeps exactly them.</summary>
/// <param name="Blob">Their name in blob storage; null where version 0.1 stored them, under their hash.</param>
public sealed record StoredAttachment(string FileName, string? ContentType, string? ContentId, string Sha256, long Size, string? Blob = null);
