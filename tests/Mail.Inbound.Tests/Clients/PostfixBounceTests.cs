using Mail.Core.Organizations;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Clients;

/// <summary>A real Postfix takes mail that left us, finds the mailbox gone, and tells us.</summary>
public sealed class PostfixBounceTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("gone@local.test", "gone@local.test hard recipient_unknown - 5.1.1")]
    [InlineData("full@local.test", "full@local.test soft mailbox_full - 5.2.2")]
    public async Task Bounce_of_postfix_reaches_the_recipient(string recipient, string expected)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue("bouncer.local.test");
        await using var postfix = await PostfixServer.StartAsync(certificate, limit.Token, next: fixture.Production.EndPoint);
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, "ann@example.test", recipient);

        await using var client = new LineClient(await postfix.ConnectAsync(limit.Token));
        await client.GreetAsync();
        Assert.StartsWith("250 ", await client.MailAsync("Subject: hello\r\n\r\nhello", mail.ReturnPath(1), recipient));

        Assert.Equal([expected], await BouncesAsync(mail, limit.Token));
        Assert.Equal(["ann@example.test sent", $"{recipient} bounced"], await mail.StatusesAsync());
    }

    private static async Task<List<string>> BouncesAsync(SentMail mail, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await mail.BouncesAsync() is { Count: > 0 } bounces)
                return bounces;
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }
}
