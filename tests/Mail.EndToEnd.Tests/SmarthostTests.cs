using System.Text;
using Aspire.Hosting.Testing;
using Mail.EndToEnd.Tests.Running;
using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests;

/// <summary>Delivery to a relay; what it received is judged by other people's programs.</summary>
[Collection(RelayCollection.Name)]
public sealed class SmarthostTests(RelaySystem fixture)
{
    private const string VerifyTwice =
        """
        import dkim, sys
        mail, record = sys.stdin.buffer.read(), sys.argv[1].encode()
        find = lambda name, timeout=5: record if name == b'ms1._domainkey.demo.test.' else None
        print(dkim.verify(mail, dnsfunc=find), dkim.verify(mail + b'more\r\n', dnsfunc=find))
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly MailSystem _system = fixture.Instance;

    [Fact]
    public async Task Octets_at_the_relay_verify_with_the_published_key()
    {
        var to = MailClient.NewRecipient();
        await _system.Live.SendAsync(new
        {
            from = MailClient.Sender, to, subject = "Größe und Preis", text = ".a line with a dot\n\nžluťoučký kůň", html = "<p>žluťoučký kůň</p>",
        });
        var mail = await ReceivedAsync(to);

        Assert.Equal("True False", await Programs.PythonAsync(VerifyTwice, mail.Content, await PublishedKeyAsync()));
    }

    [Fact]
    public async Task Relay_gets_the_envelope_of_the_message()
    {
        var to = MailClient.NewRecipient();
        var id = await _system.Live.SendAsync(MailClient.Message(to));
        var mail = await ReceivedAsync(to);

        Assert.Matches(@"^<\S+@bounce\.mail\.localhost>", mail.ReversePath);
        Assert.StartsWith($"<{to}>", Assert.Single(mail.Recipients));
        Assert.Contains($"Message-ID: <{id}@mail.localhost>\r\n", Encoding.ASCII.GetString(mail.Content), StringComparison.OrdinalIgnoreCase);
        await _system.Live.StatusAsync(id, "sent");
    }

    [Fact]
    public async Task Mail_of_the_test_key_does_not_reach_the_relay()
    {
        var (test, live) = (MailClient.NewRecipient(), MailClient.NewRecipient());
        await _system.Test.SendAsync(MailClient.Message(test));
        Assert.Equal("pass", (await _system.Test.InboxAsync(test)).Text("authentication", "dkim", "result"));
        await _system.Live.SendAsync(MailClient.Message(live));
        await ReceivedAsync(live);

        Assert.DoesNotContain(fixture.Relay.Messages, mail => IsTo(mail, test));
    }

    private Task<ReceivedMessage> ReceivedAsync(string to) => Eventually.GetAsync(
        $"mail to {to} at the relay", Limit, _ => Task.FromResult(fixture.Relay.Messages.SingleOrDefault(mail => IsTo(mail, to))), _system.App.Describe);

    private static bool IsTo(ReceivedMessage mail, string to) => mail.Recipients.Any(path => path.Contains(to, StringComparison.Ordinal));

    /// <summary>What the operator is told to publish.</summary>
    private Task<string> PublishedKeyAsync()
    {
        string[] needed = ["ConnectionStrings__maildb", "Mail__Secrets__MasterKey"];
        return Programs.RunAsync(
            "dotnet", [new Projects.Mail_Api().AssemblyPath, "domain", "dkim-record", "demo.test"], [],
            needed.ToDictionary(name => name, name => _system.EnvironmentOf("migrate", name)));
    }
}
