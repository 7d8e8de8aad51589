namespace Mail.Protocol.MtaSts;

/// <summary>The TXT record at <c>_smtp._tls.&lt;domain&gt;</c> that asks for reports: RFC 8460 §3.</summary>
/// <param name="Destinations"><c>mailto:</c> and <c>https:</c> URIs in the record's order; at least one.</param>
public sealed record TlsRptRecord(IReadOnlyList<Uri> Destinations)
{
    private const int MaxDestinations = 10;

    /// <summary>The name to ask for.</summary>
    public static string NameFor(string domain) => "_smtp._tls." + domain;

    /// <summary>Finds the record among the TXT records of the name; null when there is none, several, or one without a usable URI.</summary>
    public static TlsRptRecord? Find(IEnumerable<string> txtRecords)
    {
        // RFC 8460 §3: if not exactly one record is left, no reports are sent.
        var candidates = txtRecords.Where(text => MtaStsFields.HasVersion(text, "TLSRPTv1")).Take(2).ToArray();
        if (candidates.Length != 1 || MtaStsFields.Value(candidates[0], "rua") is not { } rua)
            return null;
        var destinations = rua.Split(',', StringSplitOptions.TrimEntries).Take(MaxDestinations)
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null)
            .Where(uri => uri is { Scheme: "mailto" or "https" })
            .Cast<Uri>().ToArray();
        return destinations.Length > 0 ? new TlsRptRecord(destinations) : null;
    }

    /// <summary>The text to publish.</summary>
    public override string ToString() => "v=TLSRPTv1; rua=" + string.Join(',', Destinations.Select(uri => uri.OriginalString));
}
