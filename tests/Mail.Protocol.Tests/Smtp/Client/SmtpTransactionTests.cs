using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class SmtpTransactionTests
{
    private static readonly SmtpScript NoPipelining = new() { Extensions = ["8BITMIME"] };

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Message_arrives_octet_for_octet(bool pipelining, bool chunking)
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = pipelining ? ["PIPELINING", "CHUNKING"] : ["CHUNKING"] });
        var result = await SendAsync(server, Options with { UseChunking = chunking });
        Assert.True(result.IsAccepted);
        Assert.True(result.IsConnectionUsable);
        Assert.Null(result.Failure);
        Assert.Equal(Message, Assert.Single(server.Messages).Content);
        Assert.Equal(chunking, server.Commands.Any(command => command.StartsWith("BDAT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_message_streams_in_pieces(bool chunking)
    {
        var message = Enumerable.Range(0, 60_000).SelectMany(i => (byte[])[.. "."u8, .. "line of text with some length\r\n"u8]).ToArray();
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server, Options with { UseChunking = chunking });
        var result = await connection.SendAsync(Envelope, SmtpContent.From(new MemoryStream(message)), Limit);
        Assert.True(result.IsAccepted);
        Assert.Equal(message, Assert.Single(server.Messages).Content);
    }

    [Fact]
    public async Task Many_messages_share_a_connection()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        for (var i = 0; i < 50; i++)
            Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
        await connection.QuitAsync(Limit);
        Assert.False(connection.IsUsable);
        Assert.Equal(50, server.Messages.Count);
        Assert.Equal(1, server.Connections);
        Assert.DoesNotContain("RSET", server.Commands);
    }

    [Fact]
    public async Task Each_recipient_has_its_own_reply()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript()
            .On("RCPT", line => line.Contains("two"), SmtpStep.Reply("550 5.1.1 no two"))
            .On("RCPT", line => line.Contains("three"), SmtpStep.Reply("452 4.2.2 full")));
        await using var connection = await ConnectAsync(server);
        var envelope = SmtpEnvelope.Create("", "one@mx.test", "two@mx.test", "three@mx.test");
        var result = await connection.SendAsync(envelope, Message, Limit);
        Assert.Equal(
            [SmtpRecipientOutcome.Accepted, SmtpRecipientOutcome.Refused, SmtpRecipientOutcome.Refused],
            result.Recipients.Select(recipient => recipient.Outcome));
        Assert.Equal([250, 550, 452], result.Recipients.Select(recipient => recipient.Reply!.Code));
        Assert.Equal(SmtpStage.RcptTo, result.Recipients[1].Stage);
        Assert.Null(result.Failure);
        Assert.Equal("<>", server.Messages[0].ReversePath.Split(' ')[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_goes_on_when_every_recipient_was_refused(bool pipelining)
    {
        var script = new SmtpScript { Extensions = pipelining ? ["PIPELINING"] : [] }.Next("RCPT", SmtpStep.Reply("550 5.1.1 no"));
        await using var server = ScriptedSmtpServer.Start(script);
        await using var connection = await ConnectAsync(server);
        var first = await connection.SendAsync(Envelope, Message, Limit);
        Assert.Equal(SmtpRecipientOutcome.Refused, first.Recipients[0].Outcome);
        Assert.True(first.IsConnectionUsable);
        Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
        Assert.Contains("RSET", server.Commands);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Server_that_says_354_without_recipients_gets_an_empty_message()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript()
            .Next("RCPT", SmtpStep.Reply("550 5.1.1 no")).Next("DATA", SmtpStep.Reply("354 go on"))
            .Next(SmtpScript.EndOfData, SmtpStep.Reply("554 5.5.1 no recipients")));
        await using var connection = await ConnectAsync(server);
        var first = await connection.SendAsync(Envelope, Message, Limit);
        Assert.Equal(SmtpStage.RcptTo, first.Recipients[0].Stage);
        Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
    }

    [Theory]
    [InlineData("MAIL", SmtpStage.MailFrom)]
    [InlineData("DATA", SmtpStage.Data)]
    [InlineData(".", SmtpStage.EndOfData)]
    public async Task Refusal_names_its_stage_and_is_not_ambiguous(string stage, SmtpStage expected)
    {
        foreach (var script in (SmtpScript[])[new SmtpScript(), new SmtpScript { Extensions = [] }])
        {
            await using var server = ScriptedSmtpServer.Start(script.Next(stage, SmtpStep.Reply("451 4.3.0 not now")));
            await using var connection = await ConnectAsync(server);
            var result = await connection.SendAsync(Envelope, Message, Limit);
            var recipient = Assert.Single(result.Recipients);
            Assert.Equal((SmtpRecipientOutcome.Refused, expected, 451), (recipient.Outcome, recipient.Stage, recipient.Reply!.Code));
            Assert.False(result.IsAmbiguous);
            Assert.True(result.Failure!.IsTransient);
            Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
        }
    }

    [Theory]
    [InlineData("MAIL", SmtpStage.MailFrom)]
    [InlineData("RCPT", SmtpStage.RcptTo)]
    [InlineData("DATA", SmtpStage.Data)]
    public async Task Connection_lost_before_the_final_dot_is_a_failure(string stage, SmtpStage expected)
    {
        foreach (var step in (SmtpStep[])[SmtpStep.Drop, SmtpStep.Reset])
        {
            await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = [] }.On(stage, step));
            var result = await SendAsync(server);
            var recipient = Assert.Single(result.Recipients);
            Assert.Equal((SmtpRecipientOutcome.Failed, expected, SmtpCause.ConnectionLost), (recipient.Outcome, recipient.Stage, recipient.Cause));
            Assert.False(result.IsConnectionUsable);
        }
    }

    [Fact]
    public async Task Connection_lost_after_the_final_dot_is_ambiguous()
    {
        foreach (var step in (SmtpStep[])[SmtpStep.Drop, SmtpStep.Reset, SmtpStep.Raw("garbage\r\n")])
        {
            await using var server = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.EndOfData, step));
            var result = await SendAsync(server);
            Assert.Equal(SmtpRecipientOutcome.Ambiguous, result.Recipients[0].Outcome);
            Assert.True(result.IsAmbiguous);
            Assert.False(result.IsConnectionUsable);
        }
    }

    [Theory]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData(".")]
    public async Task Reply_421_ends_the_connection_at_any_stage(string stage)
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On(stage, SmtpStep.ReplyAndDrop("421 4.3.2 going down")));
        var result = await SendAsync(server);
        Assert.Equal(SmtpRecipientOutcome.Refused, result.Recipients[0].Outcome);
        Assert.Equal(421, result.Recipients[0].Reply!.Code);
        Assert.False(result.IsConnectionUsable);
        Assert.False(result.IsAmbiguous);
    }

    [Fact]
    public async Task Replies_may_drip_and_have_many_lines()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript()
            .On("MAIL", SmtpStep.Drip("250-2.1.0 one\n250-2.1.0 two\n250 2.1.0 three"))
            .On(SmtpScript.EndOfData, SmtpStep.Drip("250-2.0.0 taken\n250 2.0.0 thanks")));
        var result = await SendAsync(server);
        Assert.True(result.IsAccepted);
        Assert.Equal(["taken", "thanks"], result.FinalReply!.Lines);
    }

    [Fact]
    public async Task Hundreds_of_recipients_go_out_in_windows()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        var envelope = SmtpEnvelope.Create("a@b.test", Enumerable.Range(0, 750).Select(i => $"user{i}@mx.test"));
        var result = await connection.SendAsync(envelope, Message, Limit);
        Assert.All(result.Recipients, recipient => Assert.Equal(SmtpRecipientOutcome.Accepted, recipient.Outcome));
        Assert.Equal(750, server.Messages[0].Recipients.Count);
    }

    [Fact]
    public async Task Refused_sender_stops_before_the_recipients_without_pipelining()
    {
        await using var server = ScriptedSmtpServer.Start(NoPipelining.On("MAIL", SmtpStep.Reply("550 5.7.1 go away")));
        var result = await SendAsync(server);
        Assert.Equal(SmtpStage.MailFrom, result.Failure!.Stage);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("RCPT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reply_given_while_hanging_up_during_the_message_is_found()
    {
        var script = new SmtpScript().On("DATA", SmtpStep.ReplyAndDrop("354 go\n552 5.3.4 too big".Replace("\n", "\r\n")));
        await using var server = ScriptedSmtpServer.Start(script);
        await using var connection = await ConnectAsync(server);
        var result = await connection.SendAsync(Envelope, new byte[16 << 20], Limit);
        Assert.False(result.IsAccepted);
        Assert.False(result.IsConnectionUsable);
        Assert.Equal(SmtpRecipientOutcome.Refused, result.Recipients[0].Outcome);
        Assert.Equal(552, result.Recipients[0].Reply!.Code);
    }

    [Fact]
    public async Task Content_that_breaks_never_ends_with_a_final_dot()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await connection.SendAsync(Envelope, new BrokenContent(), Limit));
        Assert.False(connection.IsUsable);
        await connection.DisposeAsync();
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Cancellation_while_the_content_waits_is_a_value_and_not_ambiguous()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        using var cancel = new CancellationTokenSource();
        var content = new WaitingContent();
        var sending = connection.SendAsync(Envelope, content, cancel.Token).AsTask();
        await content.Started.Task.WaitAsync(Limit);
        await cancel.CancelAsync();
        var result = await sending.WaitAsync(Limit);
        Assert.Equal((SmtpStage.Data, SmtpCause.Cancelled, false), (result.Failure!.Stage, result.Failure.Cause, result.IsAmbiguous));
    }

    [Fact]
    public async Task Cancellation_after_the_final_dot_is_ambiguous()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.EndOfData, SmtpStep.Hang));
        await using var connection = await ConnectAsync(server);
        using var cancel = new CancellationTokenSource();
        var sending = connection.SendAsync(Envelope, Message, cancel.Token).AsTask();
        await server.Hung.WaitAsync(Limit);
        await cancel.CancelAsync();
        var result = await sending.WaitAsync(Limit);
        Assert.Equal((SmtpStage.EndOfData, SmtpCause.Cancelled), (result.Failure!.Stage, result.Failure.Cause));
        Assert.Equal(SmtpRecipientOutcome.Ambiguous, result.Recipients[0].Outcome);
    }

    [Fact]
    public async Task Transcript_has_commands_and_replies_and_no_message()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var connection = await ConnectAsync(server);
        var transcript = connection.Transcript = new SmtpTranscript(TimeProvider.System);
        await connection.SendAsync(Envelope, Message, Limit);
        Assert.Equal(
            [
                "MAIL FROM:<sender@client.test> SIZE=41", "RCPT TO:<one@mx.test>", "DATA",
                "250 2.1.0 sender ok", "250 2.1.5 recipient ok", "354 go", "250 2.0.0 queued as 1",
            ],
            transcript.Entries.Select(entry => entry.Text));
    }

    private sealed class WaitingContent : ISmtpContent
    {
        public TaskCompletionSource Started { get; } = new();

        public long? Length => null;

        public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
        {
            Started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private sealed class BrokenContent : ISmtpContent
    {
        public long? Length => null;

        public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
        {
            await destination.WriteAsync(new byte[100_000], cancellationToken);
            throw new InvalidDataException("the source broke");
        }
    }
}
