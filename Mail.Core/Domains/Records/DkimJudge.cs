namespace Mail.Core.Domains.Records;

/// <summary>Judges DKIM key records: the one expected key, alone at its name.</summary>
internal static class DkimJudge
{
    private const int CharacterString = 255; // RFC 1035 §3.3.14

    public static RecordVerdict Judge(ExpectedRecord record, IReadOnlyList<string> found)
    {
        var key = TagOf(record.Value, "p")!;
        if (found is [var only])
            return JudgeOne(record, only, key);
        if (IsCutIntoRecords(found, key))
        {
            return RecordVerdict.Failed($"The value was published as {found.Count} TXT records. It must be one record; "
                + "a long value is one record of several strings, each in quotation marks of its own.");
        }
        // RFC 6376 §3.6.2.2: what receivers do with several records is undefined.
        return RecordVerdict.Failed(found.Any(text => IsKey(text, key))
            ? $"{record.Name} has {found.Count} TXT records, and receivers may take any of them. Leave only the expected one."
            : $"{record.Name} has {found.Count} TXT records, and none of them is the expected one. Replace them.");
    }

    private static RecordVerdict JudgeOne(ExpectedRecord record, string text, string key) =>
        IsKey(text, key) ? RecordVerdict.Verified : RecordVerdict.Failed(MistakeIn(text, key, record));

    private static string MistakeIn(string text, string key, ExpectedRecord record)
    {
        if (TextJudge.IsQuoted(text))
        {
            return IsKey(text.Replace("\"", "", StringComparison.Ordinal), key)
                ? "The value has quotation marks in it, perhaps between parts that were to be joined. Enter it without them."
                : "The value has quotation marks in it, and is not the expected key either. Copy it again, without quotation marks.";
        }
        if (text.Contains('\\', StringComparison.Ordinal))
            return "The value has backslashes in it. Enter it as it is shown, with plain semicolons.";
        if (WithoutSpace(text) == key)
            return $"Only the key was published. The value must begin with '{record.Value[..(record.Value.IndexOf("p=", StringComparison.Ordinal) + 2)]}'.";
        return TagOf(text, "p") switch
        {
            null => $"The TXT record at {record.Name} is no DKIM key. Replace it.",
            // RFC 6376 §3.6.1: an empty p= revokes the key.
            "" => "The key is revoked there (p= is empty). Publish the expected value.",
            var published when published == key => "The key is the expected one, but the tags around it (v=, k=, h=, s=) are not. Copy the whole value.",
            var published when key.StartsWith(published, StringComparison.Ordinal) => Truncated(text),
            _ => "Another key is published, perhaps of an earlier set-up or another account. Replace it.",
        };
    }

    private static string Truncated(string text) => text.Length <= CharacterString
        ? $"The value was cut off after {text.Length} characters. Long values are published as several strings of at most {CharacterString}, in one record."
        : $"The value was cut off after {text.Length} characters. Copy all of it.";

    private static bool IsCutIntoRecords(IReadOnlyList<string> found, string key)
    {
        if (found.Count > 3)
            return false;
        IEnumerable<string[]> orders = found.Count == 2 ? [[found[0], found[1]], [found[1], found[0]]] : [[.. found], [.. found.Reverse()]];
        return orders.Any(order => IsKey(string.Concat(order), key));
    }

    // RFC 6376 §3.6.1: v=, k=, h= and s= have defaults; what contradicts them makes the key unusable.
    private static bool IsKey(string text, string key) =>
        TagOf(text, "p") == key
        && TagOf(text, "v") is null or "DKIM1"
        && TagOf(text, "k") is null or "rsa"
        && (TagOf(text, "h") is not { } hashes || hashes.Split(':').Contains("sha256"))
        && (TagOf(text, "s") is not { } services || services.Split(':').Any(service => service is "*" or "email"));

    // RFC 6376 §3.2: white space around and inside of values does not count.
    private static string? TagOf(string text, string name)
    {
        foreach (var tag in text.Split(';'))
        {
            var equals = tag.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && tag[..equals].Trim() == name)
                return WithoutSpace(tag[(equals + 1)..]);
        }
        return null;
    }

    private static string WithoutSpace(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
