using Mail.Core.Bounces;
using Mail.Core.Organizations;
using Mail.Core.Sandbox;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Pipeline;

/// <summary>What is to become of a message for one of its recipients. A transaction has one kind of them.</summary>
internal abstract record Destination
{
    private Destination()
    {
    }

    /// <summary>The dev inbox.</summary>
    public sealed record Capture : Destination
    {
        public static Capture Instance { get; } = new();
    }

    /// <summary>A return path of ours: a bounce of the message that it proves.</summary>
    public sealed record Bounce(ReturnPathTarget Target) : Destination;

    /// <summary>The address for feedback reports.</summary>
    public sealed record Feedback : Destination
    {
        public static Feedback Instance { get; } = new();
    }

    /// <summary>The organization that takes mail for the domain.</summary>
    public sealed record Inbound(OrganizationId Organization, string Domain) : Destination;

    /// <summary>An address that plays a part.</summary>
    public sealed record Sandbox(SandboxScript Script, SandboxRecipient Recipient) : Destination;

    /// <summary>The people who run this installation.</summary>
    public sealed record Operator : Destination
    {
        public static Operator Instance { get; } = new();
    }
}

/// <summary>The answer to RCPT: where it goes, or why not.</summary>
/// <param name="IsAsked">The refusal is what a sender of ours wanted: it is no mistake of the client.</param>
internal readonly record struct Admission(Destination? Destination, SmtpReply? Refusal, bool IsAsked = false)
{
    public static implicit operator Admission(Destination destination) => new(destination, null);

    public static implicit operator Admission(SmtpReply refusal) => new(null, refusal);
}

/// <summary>A recipient that was taken.</summary>
internal sealed record AdmittedRecipient(SmtpPath Path, Destination Destination);
