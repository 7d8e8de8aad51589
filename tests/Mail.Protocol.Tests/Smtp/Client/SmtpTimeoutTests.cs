using Mail.Protocol.Smtp;
using Mail.TestKit;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class SmtpTimeoutTests
{
    // RFC 5321 §4.5.3.2.1 to §4.5.3.2.6
    public static TheoryData<string, SmtpStage, double> Stages => new()
    {
        { "CONNECT", SmtpStage.Greeting, 5 },
        { "EHLO", SmtpStage.Ehlo, 5 },
        { "MAIL", SmtpStage.MailFrom, 5 },
        { "RCPT", SmtpStage.RcptTo, 5 },
        { "DATA", SmtpStage.Data, 2 },
        { ".", SmtpStage.EndOfData, 10 },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Silence_ends_at_the_time_the_stage_allows(string stage, SmtpStage expected, double minutes)
    {
        var clock = new ManualTime();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Extensions = [] }.On(stage, SmtpStep.Hang));
        var sending = ConnectAndSendAsync(server, Options with { TimeProvider = clock });
        var limit = TimeSpan.FromMinutes(minutes);
        await server.Hung.WaitAsync(Limit); // now no earlier stage's timer can be taken for this one's
        while (!clock.Running().Contains(limit))
            await clock.Armed.WaitAsync(TimeSpan.FromMilliseconds(20), Limit);
        clock.Advance(limit - TimeSpan.FromMilliseconds(1));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await sending.WaitAsync(Limit);
        Assert.Equal((expected, SmtpCause.Timeout), (failure!.Stage, failure.Cause));
        Assert.Equal(stage == ".", failure.IsAmbiguous);
    }

    [Fact]
    public async Task Reply_that_drips_in_has_no_more_time()
    {
        var clock = new ManualTime();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On("EHLO", SmtpStep.Raw("250-never")));
        var connecting = SmtpClientConnection.ConnectAsync(server.EndPoint, Options with { TimeProvider = clock }, Limit);
        while (server.Commands.Count == 0 || !clock.Running().Contains(TimeSpan.FromMinutes(5)))
            await clock.Armed.WaitAsync(TimeSpan.FromMilliseconds(20), Limit);
        clock.Advance(TimeSpan.FromMinutes(5));
        var failure = Assert.IsType<SmtpConnectResult.Failed>(await connecting.WaitAsync(Limit)).Failure;
        Assert.Equal((SmtpStage.Ehlo, SmtpCause.Timeout), (failure.Stage, failure.Cause));
    }

    [Fact]
    public async Task Server_that_stops_reading_the_message_times_out_before_the_final_dot()
    {
        var clock = new ManualTime();
        var (client, server) = DuplexStream.CreatePair();
        var dialogue = SmtpDialogue.Parse("stuck", ["S: 220 x", "C~ EHLO", "S: 250 x", "C~ MAIL", "S: 250 x", "C~ RCPT", "S: 250 x", "C~ DATA", "S: 354 x"]);
        var serving = dialogue.ServeAsync(server, null, Limit);
        var connected = await SmtpClientConnection.ConnectAsync(client, Options with { TimeProvider = clock }, Limit);
        await using var connection = Assert.IsType<SmtpConnectResult.Connected>(connected).Connection;
        var sending = connection.SendAsync(Envelope, new byte[1 << 20], Limit).AsTask();
        await serving;
        while (!clock.Running().Contains(TimeSpan.FromMinutes(3)))
            await clock.Armed.WaitAsync(TimeSpan.FromMilliseconds(20), Limit);
        clock.Advance(TimeSpan.FromMinutes(3)); // RFC 5321 §4.5.3.2.5
        var result = await sending.WaitAsync(Limit);
        Assert.Equal((SmtpStage.Data, SmtpCause.Timeout, false), (result.Failure!.Stage, result.Failure.Cause, result.IsAmbiguous));
    }

    private static async Task<SmtpFailure?> ConnectAndSendAsync(ScriptedSmtpServer server, SmtpClientOptions options)
    {
        var result = await SmtpClientConnection.ConnectAsync(server.EndPoint, options, Limit);
        if (result is not SmtpConnectResult.Connected(var connection))
            return ((SmtpConnectResult.Failed)result).Failure;
        await using (connection)
            return (await connection.SendAsync(Envelope, Message, Limit)).Failure;
    }
}
