namespace Mail.Core.Suppressions;

/// <summary>Why an address gets nothing.</summary>
public enum SuppressionReason
{
    HardBounce,
    Complaint,
    Manual,
    RepeatedSoftBounce,
    Blocked,
    Unsubscribe,
}

/// <summary>Who suppressed it.</summary>
public enum SuppressionSource
{
    BounceProcessor,
    User,
    System,

    /// <summary>Complaints; the name is that of the documented API.</summary>
    FutureComplaintProcessor,
}

public static class SuppressionTexts
{
    public static IReadOnlyList<string> Reasons { get; } = [.. Enum.GetValues<SuppressionReason>().Select(reason => reason.ToText())];

    public static IReadOnlyList<string> Sources { get; } = [.. Enum.GetValues<SuppressionSource>().Select(source => source.ToText())];

    public static string ToText(this SuppressionReason reason) => reason switch
    {
        SuppressionReason.HardBounce => "hard_bounce",
        SuppressionReason.Complaint => "complaint",
        SuppressionReason.Manual => "manual",
        SuppressionReason.RepeatedSoftBounce => "repeated_soft_bounce",
        SuppressionReason.Blocked => "blocked",
        SuppressionReason.Unsubscribe => "unsubscribe",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string ToText(this SuppressionSource source) => source switch
    {
        SuppressionSource.BounceProcessor => "bounce_processor",
        SuppressionSource.User => "user",
        SuppressionSource.System => "system",
        SuppressionSource.FutureComplaintProcessor => "future_complaint_processor",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public static bool TryParseReason(string? text, out SuppressionReason reason)
    {
        reason = default;
        var at = text is null ? -1 : ((List<string>)[.. Reasons]).IndexOf(text);
        if (at < 0)
            return false;
        reason = (SuppressionReason)at;
        return true;
    }
}
