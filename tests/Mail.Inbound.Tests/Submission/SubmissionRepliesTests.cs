using System.Reflection;
using Mail.Core.Messages;
using Mail.Core.Templates.Engine;
using Mail.Inbound.Submission;

namespace Mail.Inbound.Tests.Submission;

/// <summary>What a client is told of each outcome, as docs/submission.md lists it.</summary>
public sealed class SubmissionRepliesTests
{
    private static readonly Dictionary<AcceptOutcome.Refusal, string> Replies = new()
    {
        [new AcceptOutcome.IdempotencyConflict("k")] = "554 5.6.0 Idempotency-Key 'k' was used with another message",
        [new AcceptOutcome.DomainNotVerified("x.test")] = "550 5.7.1 x.test is not a verified sending domain of your organization",
        [new AcceptOutcome.DomainNotAllowed("x.test", "y.test")] = "550 5.7.1 This API key may send from y.test only, not from x.test",
        [new AcceptOutcome.PaymentRequired(3000)] = "550 5.7.0 The 3000 free messages of this month are used up",
        [new AcceptOutcome.SpendCapReached(500)] = "550 5.7.0 The spend cap of this month is reached",
        [new AcceptOutcome.QuotaExceeded(SendingQuota.Hourly, 10, TimeSpan.FromSeconds(59.5))] =
            "451 4.7.1 The limit of 10 recipients (Hourly) is used up, try again in 60 s",
        [new AcceptOutcome.SendingPaused("x.test")] = "451 4.7.1 Sending from x.test is paused because of bounces and complaints",
        [new AcceptOutcome.TemplateNotFound("t")] = "554 5.6.0 There is no template 't' that can be sent",
        [new AcceptOutcome.MissingVariables("X-Mail-Variables", [new MissingVariable("name", "/name")])] = "554 5.6.0 X-Mail-Variables lacks name",
        [new AcceptOutcome.InvalidVariables("X-Mail-Variables", "Too deep.")] = "554 5.6.0 X-Mail-Variables: Too deep.",
        [new AcceptOutcome.TemplateError("text", 1, 2, "Unexpected end.")] = "554 5.6.0 The template's text has an error in line 1, column 2: Unexpected end.",
        [new AcceptOutcome.RecipientSuppressed(["a@x.test"])] = "550 5.7.1 a@x.test is on the suppression list",
        [new AcceptOutcome.AttachmentNotFound([0])] = "554 5.6.0 An attachment is missing",
        [new AcceptOutcome.AttachmentsTooLarge(1)] = "552 5.3.4 Message size exceeds fixed limit",
        [new AcceptOutcome.Overloaded()] = "452 4.3.1 Too many messages are waiting to be stored, try again later",
    };

    [Fact]
    public void Refusal_has_the_reply_that_is_documented()
    {
        foreach (var (outcome, reply) in Replies)
            Assert.Equal(reply, SubmissionReplies.Of(outcome).ToString());
    }

    [Fact]
    public void No_refusal_is_without_a_reply() => Assert.Equal(
        typeof(AcceptOutcome).GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(typeof(AcceptOutcome.Refusal))).Select(type => type.Name).Order(),
        Replies.Keys.Select(outcome => outcome.GetType().Name).Order());
}
