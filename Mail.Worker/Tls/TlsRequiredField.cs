namespace Mail.Worker.Tls;

/// <summary>The header field by which a sender gives up the recipient's TLS policies (RFC 8689 §5).</summary>
internal static class TlsRequiredField
{
    public const string Name = "TLS-Required";

    public static bool SaysNo(IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Equals(Name, StringComparison.OrdinalIgnoreCase))
                return value.Trim().Equals("No", StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }
}
