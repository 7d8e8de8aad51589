namespace Mail.Core.Lint;

/// <summary>Something about a message that makes it arrive badly, or not at all.</summary>
/// <param name="Part"><c>subject</c>, <c>html</c>, <c>text</c> or <c>unsubscribe</c>.</param>
public sealed record LintFinding(LintSeverity Severity, string Code, string Part, string Message);

public enum LintSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>It may be delivered badly.</summary>
    Warning,
}
