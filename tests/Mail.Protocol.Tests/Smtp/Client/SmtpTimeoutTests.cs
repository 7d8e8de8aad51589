using Mail.Protocol.Smtp;
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
        while (!clock.Running().Contains(limit) || !await HungAsync(server, stage))
            await clock.Armed.WaitAsync(TimeSpan.FromMilliseconds(20), Limit);
        clock.Advance(limit - TimeSpan.FromMilliseconds(1));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await sending.WaitAsync(Limit);
        Assert.Equal((expected, SmtpCause.Timeout), (failure!.Stage, failure.Cause));
        Assert.Equal(stage == ".", failure.IsAmbiguous);
    }

    // The command that hangs has arrived, so that no earlier stage's timer is taken for its.
    private static ValueTask<bool> HungAsync(ScriptedSmtpServer server, string stage) => ValueTask.FromResult(
        stage is "CONNECT" || server.Commands.Any(command => command.StartsWith(stage == "." ? "DATA" : stage, StringComparison.Ordinal)));

    private static async Task<SmtpFailure?> ConnectAndSendAsync(ScriptedSmtpServer server, SmtpClientOptions options)
    {
        var result = await SmtpClientConnection.ConnectAsync(server.EndPoint, options, Limit);
        if (result is not SmtpConnectResult.Connected(var connection))
            return ((SmtpConnectResult.Failed)result).Failure;
        await using (connection)
            return (await connection.SendAsync(Envelope, Message, Limit)).Failure;
    }
}
