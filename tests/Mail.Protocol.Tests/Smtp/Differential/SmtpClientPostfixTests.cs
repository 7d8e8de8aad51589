using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Differential;

[Collection(PostfixGroup.Name)]
public sealed class SmtpClientPostfixTests(PostfixFixture postfix) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _limit.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Postfix_delivers_what_was_sent(bool encrypted, bool chunking)
    {
        await using var connection = await ConnectAsync(encrypted, chunking);
        for (var i = 0; i < 5; i++)
        {
            var subject = $"number {i} {encrypted} {chunking}";
            var message = $"Subject: {subject}\r\nFrom: a@client.test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{i}@client.test>\r\n\r\n.dot\r\n..dots\r\n.\r\n{new string('x', 900 * i)}\r\nend\r\n";
            var envelope = SmtpEnvelope.Create("a@client.test", "one@local.test") with { Return = DsnReturn.Headers, EnvelopeId = "id+1" };
            var result = await connection.SendAsync(envelope, Encoding.ASCII.GetBytes(message), _limit.Token);
            Assert.True(result.IsAccepted, result.Failure?.ToString());
            var stored = await postfix.Server.FindMessageAsync($"Subject: {subject}\n", _limit.Token);
            Assert.EndsWith(message.Replace("\r\n", "\n"), stored);
            Assert.Equal(encrypted, stored.Contains("TLSv1.3"));
        }
    }

    [Fact]
    public async Task Postfix_refusals_are_told_apart_and_the_connection_goes_on()
    {
        await using var connection = await ConnectAsync(true, false);
        var mixed = await connection.SendAsync(
            SmtpEnvelope.Create("a@client.test", "one@local.test", "two@elsewhere.test"), "x: y\r\n\r\n"u8.ToArray(), _limit.Token);
        Assert.Equal(
            [SmtpRecipientOutcome.Accepted, SmtpRecipientOutcome.Refused], mixed.Recipients.Select(recipient => recipient.Outcome));
        Assert.Equal(new EnhancedStatusCode(5, 7, 1), mixed.Recipients[1].Reply!.EnhancedCode);
        var none = await connection.SendAsync(
            SmtpEnvelope.Create("a@client.test", "two@elsewhere.test"), "x: y\r\n\r\n"u8.ToArray(), _limit.Token);
        Assert.Equal(SmtpStage.RcptTo, none.Recipients[0].Stage);
        var big = await connection.SendAsync(
            SmtpEnvelope.Create("a@client.test", "one@local.test"), new byte[200_000], _limit.Token);
        Assert.Equal(SmtpCause.SizeExceeded, big.Failure!.Cause);
        // Of unknown length, it is refused at its end; Postfix reads all of it.
        var unannounced = await connection.SendAsync(
            SmtpEnvelope.Create("a@client.test", "one@local.test"), new Unannounced(200_000), _limit.Token);
        Assert.Equal((SmtpStage.EndOfData, 552), (unannounced.Recipients[0].Stage, unannounced.Recipients[0].Reply!.Code));
        var last = await connection.SendAsync(
            SmtpEnvelope.Create("", "one@local.test"), "x: last\r\n\r\n"u8.ToArray(), _limit.Token);
        Assert.True(last.IsAccepted, last.Failure?.ToString());
        Assert.Contains("Return-Path: <>", await postfix.Server.FindMessageAsync("x: last\n", _limit.Token));
    }

    private async Task<SmtpClientConnection> ConnectAsync(bool encrypted, bool chunking)
    {
        var options = new SmtpClientOptions
        {
            LocalName = "client.test",
            Tls = encrypted ? SmtpTlsMode.Verified : SmtpTlsMode.Disabled,
            ServerName = "mx.local.test",
            TrustedRoots = [postfix.Authority],
            UseChunking = chunking,
        };
        var result = await SmtpClientConnection.ConnectAsync(postfix.Server.EndPoint, options, _limit.Token);
        return Assert.IsType<SmtpConnectResult.Connected>(result).Connection;
    }

    private sealed class Unannounced(int lines) : ISmtpContent
    {
        public long? Length => null;

        public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
        {
            for (var i = 0; i < lines; i += 100)
                await destination.WriteAsync("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 01234567\r\n"u8.ToArray(), cancellationToken);
        }
    }
}
