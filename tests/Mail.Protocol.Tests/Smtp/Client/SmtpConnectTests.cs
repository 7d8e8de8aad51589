using System.Net;
using System.Net.Sockets;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using static Mail.Protocol.Tests.Smtp.Client.SmtpClientFixture;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class SmtpConnectTests
{
    [Fact]
    public async Task Closed_port_is_connection_refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound but not listening
        var result = await SmtpClientConnection.ConnectAsync(socket.LocalEndPoint!, Options, Limit);
        var failure = Assert.IsType<SmtpConnectResult.Failed>(result).Failure;
        Assert.Equal((SmtpStage.Connect, SmtpCause.ConnectionRefused), (failure.Stage, failure.Cause));
    }

    [Fact]
    public async Task Local_address_is_used()
    {
        await using var server = ScriptedSmtpServer.Start();
        var local = IPAddress.Parse("127.0.0.7");
        await using var connection = await ConnectAsync(server, Options with { LocalAddress = local });
        Assert.Equal(local, Assert.IsType<IPEndPoint>(connection.LocalEndPoint).Address);
    }

    [Theory]
    [InlineData("554 5.7.1 no mail here", SmtpCause.Refused)]
    [InlineData("421 4.3.2 busy", SmtpCause.Refused)]
    [InlineData("250 what", SmtpCause.ProtocolError)]
    [InlineData("SSH-2.0-OpenSSH_9.2", SmtpCause.ProtocolError)]
    [InlineData("HTTP/1.1 400 Bad Request", SmtpCause.ProtocolError)]
    public async Task Greeting_other_than_220_is_a_failure(string greeting, SmtpCause cause)
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.Connect, SmtpStep.Reply(greeting)));
        var failure = await FailToConnectAsync(server);
        Assert.Equal((SmtpStage.Greeting, cause), (failure.Stage, failure.Cause));
    }

    [Fact]
    public async Task Endless_greeting_is_cut_off()
    {
        var endless = string.Join("\n", Enumerable.Repeat("220-more", 20_000));
        foreach (var greeting in (string[])[endless, "220 " + new string('x', 100_000)])
        {
            await using var server = ScriptedSmtpServer.Start(new SmtpScript().On(SmtpScript.Connect, SmtpStep.Reply(greeting)));
            var failure = await FailToConnectAsync(server);
            Assert.Equal((SmtpStage.Greeting, SmtpCause.ProtocolError), (failure.Stage, failure.Cause));
        }
    }

    [Fact]
    public async Task Helo_follows_when_ehlo_is_unknown()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On("EHLO", SmtpStep.Reply("502 5.5.1 no such verb")));
        await using var connection = await ConnectAsync(server);
        Assert.Empty(connection.Extensions.Keywords);
        Assert.Equal(["EHLO client.test", "HELO client.test"], server.Commands);
        Assert.True((await connection.SendAsync(Envelope, Message, Limit)).IsAccepted);
    }

    [Fact]
    public async Task Extensions_are_read_from_the_ehlo_reply()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Extensions = ["SIZE 1000", "pipelining", "AUTH PLAIN LOGIN", "AUTH=LOGIN XOAUTH2", "XTRACE", "bad/keyword x"],
        });
        await using var connection = await ConnectAsync(server);
        var extensions = connection.Extensions;
        Assert.Equal("mx.test", extensions.ServerName);
        Assert.Equal(1000, extensions.MaxSize);
        Assert.True(extensions.Pipelining);
        Assert.True(extensions.Offers("xtrace"));
        Assert.False(extensions.Offers("bad/keyword"));
        Assert.Equal(["PLAIN", "LOGIN", "XOAUTH2"], extensions.AuthMechanisms);
    }

    [Fact]
    public async Task Cancellation_is_a_value()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On("EHLO", SmtpStep.Hang));
        using var cancel = new CancellationTokenSource();
        var connecting = SmtpClientConnection.ConnectAsync(server.EndPoint, Options, cancel.Token);
        await server.Hung.WaitAsync(Limit);
        await cancel.CancelAsync();
        var failure = Assert.IsType<SmtpConnectResult.Failed>(await connecting).Failure;
        Assert.Equal((SmtpStage.Ehlo, SmtpCause.Cancelled), (failure.Stage, failure.Cause));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nMAIL")]
    public async Task Ehlo_name_that_is_not_one_word_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(
            () => SmtpClientConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), Options with { LocalName = name }, Limit));
    }

    [Fact]
    public async Task Idle_connection_that_the_server_closed_is_found_out()
    {
        await using var server = ScriptedSmtpServer.Start(new SmtpScript().On("RSET", SmtpStep.ReplyAndDrop("421 4.4.2 idle")));
        await using var connection = await ConnectAsync(server);
        var failure = await connection.ResetAsync(Limit);
        Assert.Equal((SmtpStage.Reset, 421), (failure!.Stage, failure.Reply!.Code));
        var result = await connection.SendAsync(Envelope, Message, Limit);
        Assert.Equal((SmtpRecipientOutcome.Failed, false), (result.Recipients[0].Outcome, result.IsConnectionUsable));
    }
}
