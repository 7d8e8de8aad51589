using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Sandbox;

/// <summary>What the sandbox does some time after it took a mail.</summary>
public enum SandboxFollowUpKind
{
    Bounce,
    Complaint,
    Open,
    Click,
}

/// <param name="ReturnPath">The envelope sender, where a report goes or what it tells.</param>
/// <param name="Content">The header of the mail, or the path of the link to follow.</param>
/// <param name="After">How long from now.</param>
public sealed record SandboxFollowUp(
    SandboxRecipient Recipient, SandboxFollowUpKind Kind, string ReturnPath, byte[] Content, TimeSpan After);

/// <param name="Attempts">How often its delivery was attempted and recorded.</param>
public sealed record SandboxRecipient(OrganizationId Organization, MessageId Message, short Ordinal, string Address, int Attempts);

/// <summary>A follow-up in the hands of a worker.</summary>
/// <param name="Try">Counts the claims, and is the token of this one.</param>
public sealed record ClaimedFollowUp(SandboxFollowUp FollowUp, int Try);

internal static class SandboxFollowUpKindText
{
    public static string ToText(this SandboxFollowUpKind kind) => kind switch
    {
        SandboxFollowUpKind.Bounce => "bounce",
        SandboxFollowUpKind.Complaint => "complaint",
        SandboxFollowUpKind.Open => "open",
        SandboxFollowUpKind.Click => "click",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static SandboxFollowUpKind Parse(string text) => Enum.GetValues<SandboxFollowUpKind>().First(kind => kind.ToText() == text);
}
