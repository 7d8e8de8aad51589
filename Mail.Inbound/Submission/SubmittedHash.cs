using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mail.Core.Messages;
using Mail.Core.Tls;

namespace Mail.Inbound.Submission;

/// <summary>
/// What makes two submissions the same message: all that is sent, and nothing that a client makes anew when it tries
/// again (Date, Message-ID, boundaries).
/// </summary>
internal static class SubmittedHash
{
    private const string Operation = "submission";

    public static Idempotency IdempotencyOf(string key, OutgoingMessage message) => new(Operation, key, Of(message));

    private static byte[] Of(OutgoingMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, message.From.ToString());
        AddAll(hash, message.Recipients.Select(recipient => $"{recipient.Kind} {recipient.Mailbox}"));
        AddAll(hash, message.ReplyTo.Select(mailbox => mailbox.ToString()));
        Add(hash, message.Subject);
        Add(hash, message.Html);
        Add(hash, message.Text);
        AddMap(hash, message.Headers);
        AddMap(hash, message.Tags);
        AddMap(hash, message.Metadata);
        Add(hash, message.Render?.Template);
        Add(hash, message.Tls?.ToText());
        Add(hash, message.Render?.Variables?.GetRawText());
        AddAll(hash, message.Attachments.SelectMany(attachment => new[]
        {
            attachment.FileName, attachment.ContentType, attachment.ContentId, Convert.ToHexString(SHA256.HashData(attachment.Content.Span)),
        }));
        return hash.GetHashAndReset();
    }

    private static void AddMap(IncrementalHash hash, IReadOnlyDictionary<string, string>? map) =>
        AddAll(hash, (map ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .SelectMany(entry => new[] { entry.Key, entry.Value }));

    private static void AddAll(IncrementalHash hash, IEnumerable<string?> texts)
    {
        var all = texts.ToList();
        Add(hash, all.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var text in all)
            Add(hash, text);
    }

    // With its length in front, so that no two lists of texts give the same octets.
    private static void Add(IncrementalHash hash, string? text)
    {
        var octets = text is null ? [] : Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : octets.Length);
        hash.AppendData(length);
        hash.AppendData(octets);
    }
}
