using System.Net;
using Mail.TestKit;

namespace Mail.Inbound.Tests.Pipeline;

public sealed class TraceFieldsTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    [Theory]
    [InlineData("::ffff:192.0.2.7", "[192.0.2.7]")]
    [InlineData("192.0.2.7", "[192.0.2.7]")]
    [InlineData("2001:db8::1", "[IPv6:2001:db8::1]")]
    [InlineData("fe80::1%3", "[IPv6:fe80::1]")]
    public async Task Received_names_the_client_and_the_time(string address, string literal)
    {
        var mail = await SendAsync(new IPEndPoint(IPAddress.Parse(address), 1), "client.test", "a@client.test");

        Assert.Equal(
            [
                "Return-Path: <a@client.test>",
                $"Received: from client.test ({literal})",
                " by mx.local.test with ESMTP; Fri, 02 Jan 2026 03:04:05 +0000",
            ], mail.Trace);
        Assert.Equal("Subject: hello\r\n"u8.ToArray(), mail.Content);
    }

    [Fact]
    public async Task Hello_name_cannot_add_to_the_header()
    {
        var mail = await SendAsync(null, "x);evil;(", "a@client.test");

        Assert.Equal("Received: from x??evil?? ([255.255.255.255])", mail.Trace[1]);
        Assert.Equal("hello", mail.Subject);
    }

    // What some readers take for the end of a line gets neither into Received nor into Return-Path.
    [Theory]
    [InlineData("EHLO x\u2028Subject:evil")]
    [InlineData("EHLO x\u0085Subject:evil")]
    [InlineData("MAIL FROM:<\"a\u2028Subject: evil\"@client.test> SMTPUTF8")]
    [InlineData("MAIL FROM:<\"a\u0085Subject: evil\"@client.test> SMTPUTF8")]
    public async Task Line_ends_beyond_ASCII_are_refused_where_they_come_in(string command)
    {
        await using var client = new LineClient(fixture.Development.Connect());
        await client.GreetAsync();
        Assert.StartsWith("501 ", await client.AskAsync(command));
    }

    [Fact]
    public async Task Return_path_may_have_letters_beyond_ASCII()
    {
        var mail = await SendAsync(null, "client.test", "jörg@client.test> SMTPUTF8");

        Assert.StartsWith("Return-Path: <jörg@client.test>", mail.Trace[0]);
        Assert.Contains(" with UTF8SMTP;", mail.Trace[2]);
    }

    [Theory]
    [InlineData("HELO", false, "SMTP")]
    [InlineData("EHLO", false, "ESMTP")]
    [InlineData("EHLO", true, "ESMTPS")]
    public async Task Received_names_the_protocol(string hello, bool tls, string protocol)
    {
        await fixture.ClearAsync();
        await using var client = new LineClient(fixture.Development.Connect());
        await client.GreetAsync();
        if (tls)
            await client.StartTlsAsync();
        await client.AskAsync($"{hello} client.test");
        Assert.StartsWith("250 ", await client.MailAsync("Subject: hello"));

        Assert.Contains($" with {protocol};", Assert.Single(await fixture.StoredAsync()).Trace[2]);
    }

    private async Task<StoredMail> SendAsync(EndPoint? from, string hello, string reversePath)
    {
        await fixture.ClearAsync();
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, clock: new ManualTime());
        await using var client = new LineClient(host.Connect(from));
        Assert.StartsWith("220 ", await client.ReplyAsync());
        Assert.StartsWith("250 ", await client.AskAsync($"EHLO {hello}"));
        var path = reversePath.Contains('>') ? $"<{reversePath}" : $"<{reversePath}>";
        Assert.StartsWith("354", await client.AskAsync($"MAIL FROM:{path}", "RCPT TO:<one@local.test>", "DATA"));
        Assert.StartsWith("250 ", await client.EndAsync("Subject: hello"));
        return Assert.Single(await fixture.StoredAsync());
    }
}
