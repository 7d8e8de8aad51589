namespace Mail.Protocol.MtaSts;

/// <summary>The <c>name=value; …</c> lists of RFC 8461 §3.1 and RFC 8460 §3.</summary>
internal static class MtaStsFields
{
    private const int MaxRecordLength = 4096;
    private const int MaxFields = 32;

    /// <summary>Whether the record starts with exactly this version.</summary>
    public static bool HasVersion(string record, string version)
    {
        if (record.Length > MaxRecordLength || !record.StartsWith("v=" + version, StringComparison.Ordinal))
            return false;
        var rest = record.AsSpan(version.Length + 2).TrimStart(" \t");
        return rest.IsEmpty || rest[0] == ';';
    }

    /// <summary>The first value of the name; null when it is missing.</summary>
    public static string? Value(string record, string name)
    {
        foreach (var field in record.Split(';', MaxFields, StringSplitOptions.TrimEntries))
        {
            var equals = field.IndexOf('=');
            if (equals > 0 && field.AsSpan(0, equals).TrimEnd().SequenceEqual(name))
                return field[(equals + 1)..].Trim();
        }
        return null;
    }
}
