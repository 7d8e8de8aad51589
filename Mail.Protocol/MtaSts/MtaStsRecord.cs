namespace Mail.Protocol.MtaSts;

/// <summary>The TXT record at <c>_mta-sts.&lt;domain&gt;</c> that announces a policy: RFC 8461 §3.1.</summary>
/// <param name="Id">1 to 32 letters and digits; another id means that the policy changed.</param>
public sealed record MtaStsRecord(string Id)
{
    private const int MaxIdLength = 32;

    /// <summary>The name to ask for.</summary>
    public static string NameFor(string domain) => "_mta-sts." + domain;

    /// <summary>Finds the record among the TXT records of the name; null when there is none, several, or a malformed one.</summary>
    public static MtaStsRecord? Find(IEnumerable<string> txtRecords)
    {
        // RFC 8461 §3.1: others are discarded; if not exactly one is left, there is no policy.
        var candidates = txtRecords.Where(text => MtaStsFields.HasVersion(text, "STSv1")).Take(2).ToArray();
        if (candidates.Length != 1)
            return null;
        var id = MtaStsFields.Value(candidates[0], "id");
        return id is { Length: > 0 and <= MaxIdLength } && id.All(char.IsAsciiLetterOrDigit) ? new MtaStsRecord(id) : null;
    }

    /// <summary>The text to publish.</summary>
    public override string ToString() => $"v=STSv1; id={Id};";
}
