using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Delivery;

public sealed class ReplyClassifierTests
{
    private static readonly SmtpRecipient Ann = new(SmtpPath.Parse("ann@example.test"));

    [Theory]
    [InlineData(450, SmtpStage.RcptTo, "Deferred")]
    [InlineData(452, SmtpStage.RcptTo, "Deferred")]
    [InlineData(421, SmtpStage.MailFrom, "Deferred")]
    [InlineData(451, SmtpStage.EndOfData, "Deferred")]
    [InlineData(550, SmtpStage.RcptTo, "Bounced")]
    [InlineData(552, SmtpStage.EndOfData, "Bounced")]
    [InlineData(554, SmtpStage.EndOfData, "Bounced")]
    public void A_refusal_bounces_when_it_is_for_good(int code, SmtpStage stage, string outcome)
    {
        var result = new SmtpRecipientResult(Ann, SmtpRecipientOutcome.Refused, stage, new SmtpReply(code, "no"), SmtpCause.Refused);

        var verdict = ReplyClassifier.Of(result, failure: null);

        Assert.Equal((outcome, DeliveryCause.Reply, code), (verdict.Outcome.ToString(), verdict.Cause, verdict.SmtpCode));
    }

    [Fact]
    public void A_refusal_tells_what_it_is_about()
    {
        var reply = new SmtpReply(550, "5.1.1", "user unknown");
        var result = new SmtpRecipientResult(Ann, SmtpRecipientOutcome.Refused, SmtpStage.RcptTo, reply, SmtpCause.Refused);

        Assert.Equal("recipient_unknown", ReplyClassifier.Of(result, failure: null).CauseText);
    }

    [Theory]
    [InlineData(SmtpStage.Connect, SmtpCause.ConnectionRefused, null, "Deferred")]
    [InlineData(SmtpStage.Connect, SmtpCause.Timeout, null, "Deferred")]
    [InlineData(SmtpStage.Greeting, SmtpCause.Refused, 554, "Deferred")]
    [InlineData(SmtpStage.Greeting, SmtpCause.Refused, 521, "Bounced")]
    [InlineData(SmtpStage.Ehlo, SmtpCause.Refused, 550, "Deferred")]
    [InlineData(SmtpStage.Auth, SmtpCause.Refused, 535, "Deferred")]
    [InlineData(SmtpStage.StartTls, SmtpCause.CertificateInvalid, null, "Deferred")]
    [InlineData(SmtpStage.MailFrom, SmtpCause.SizeExceeded, null, "Bounced")]
    [InlineData(SmtpStage.MailFrom, SmtpCause.ExtensionMissing, null, "Bounced")]
    [InlineData(SmtpStage.Data, SmtpCause.ConnectionLost, null, "Deferred")]
    public void A_failure_is_for_good_only_where_repeating_is_hopeless(SmtpStage stage, SmtpCause cause, int? code, string outcome)
    {
        var failure = new SmtpFailure(stage, cause, code is { } reply ? new SmtpReply(reply, "no") : null);

        Assert.Equal(outcome, ReplyClassifier.Of(failure).Outcome.ToString());
    }

    [Fact]
    public void Silence_after_the_final_dot_is_uncertain()
    {
        var failure = new SmtpFailure(SmtpStage.EndOfData, SmtpCause.Timeout);
        var result = new SmtpRecipientResult(Ann, SmtpRecipientOutcome.Ambiguous, SmtpStage.EndOfData, null, SmtpCause.Timeout);

        Assert.Equal(DeliveryOutcome.Uncertain, ReplyClassifier.Of(result, failure).Outcome);
    }

    [Fact]
    public void A_reply_is_kept_in_a_form_that_can_be_stored()
    {
        var result = new SmtpRecipientResult(
            Ann, SmtpRecipientOutcome.Refused, SmtpStage.RcptTo, new SmtpReply(550, "a\0b\ud800c" + new string('é', 5000)), SmtpCause.Refused);

        var reply = ReplyClassifier.Of(result, failure: null).Reply!;

        Assert.StartsWith("a b\ufffdc", reply);
        Assert.Equal(1000, reply.Length);
    }
}
