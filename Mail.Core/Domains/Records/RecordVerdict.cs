namespace Mail.Core.Domains.Records;

/// <summary>What a judge makes of the records at a name.</summary>
/// <param name="Explanation">What is wrong and what to do; null when all is well.</param>
internal readonly record struct RecordVerdict(RecordStatus Status, string? Explanation)
{
    public static readonly RecordVerdict Verified = new(RecordStatus.Verified, null);

    public static RecordVerdict Failed(string explanation) => new(RecordStatus.Failed, explanation);

    /// <summary>There are records, but none of the kind that is looked for.</summary>
    public static RecordVerdict Missing(string explanation) => new(RecordStatus.Missing, explanation);
}
