using System.Diagnostics;
using System.Text;
using Mail.EndToEnd.Tests.Running;
using Mail.Protocol.Dns;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Xunit.Abstractions;

namespace Mail.EndToEnd.Tests;

/// <summary>docs/walkthrough.sh, as a new user runs it, against the running system and a name server that has what the script published.</summary>
[Collection(DirectCollection.Name)]
public sealed class WalkthroughTests(DirectSystem fixture, ITestOutputHelper output)
{
    private const string Domain = "walk.example";
    private const string To = $"ada@{DirectSystem.RecipientDomain}";

    /// <summary>Verifies the mail, and the mail with another octet, with the key that the name server has.</summary>
    private const string VerifyTwice =
        """
        import dkim, dns.resolver, sys
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [sys.argv[1]], int(sys.argv[2])
        def find(name, timeout=5):
            return b''.join(resolver.resolve(name.decode(), 'TXT')[0].strings)
        mail = sys.stdin.buffer.read()
        print(dkim.verify(mail, dnsfunc=find), dkim.verify(mail + b'more\r\n', dnsfunc=find))
        """;

    private readonly MailSystem _system = fixture.Instance;

    [Fact]
    public async Task Walkthrough_leads_from_an_organization_to_a_signed_mail_and_a_genuine_webhook()
    {
        await using var zone = await ZoneReceiver.StartAsync(fixture.Dns.Zone);
        var clock = Stopwatch.StartNew();
        var told = await RunAsync(zone.Url);
        output.WriteLine($"{told}\n1 walk of {clock.Elapsed.TotalSeconds:f1} s");
        Assert.EndsWith("The walk is complete.", told);

        var mail = Assert.Single(fixture.Sink.Messages, mail => mail.Recipients.Any(path => path.StartsWith($"<{To}>", StringComparison.Ordinal)));
        var id = told.Split('\n')[^2].Split(' ')[^1];
        Assert.Contains($"Message-ID: <{id}@mail.localhost>\r\n", Encoding.ASCII.GetString(mail.Content), StringComparison.OrdinalIgnoreCase);
        Assert.Contains($" d={Domain};", Encoding.ASCII.GetString(mail.Content), StringComparison.Ordinal);
        Assert.Equal("True False", await Programs.PythonAsync(VerifyTwice, mail.Content, $"{fixture.Dns.EndPoint.Address}", $"{fixture.Dns.EndPoint.Port}"));
        AssertAlignedReturnPath(mail);
    }

    [Fact]
    public async Task Walkthrough_stops_at_the_first_wrong_answer()
    {
        // Nothing is published: the domain cannot be verified, and nothing is sent.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(publishTo: null));
        Assert.Contains("not within 1 s: the domain is verified", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Sink.Messages, mail => mail.Recipients.Any(path => path.Contains("nobody@", StringComparison.Ordinal)));
    }

    private Task<string> RunAsync(string? publishTo)
    {
        string[] needed = ["ConnectionStrings__maildb", "Mail__Secrets__MasterKey"];
        var environment = needed.ToDictionary(name => name, name => _system.EnvironmentOf("migrate", name));
        environment["API"] = _system.Development.ApiUrl;
        environment["MAIL"] = $"dotnet {new Projects.Mail_Api().AssemblyPath}";
        environment["DOMAIN"] = publishTo is null ? $"not.{Domain}" : Domain;
        environment["TO"] = publishTo is null ? $"nobody@{DirectSystem.RecipientDomain}" : To;
        environment["PUBLISH"] = publishTo is null ? "true" : $"curl -sSf --data-binary @- {publishTo}";
        environment["PATIENCE"] = publishTo is null ? "1" : "30";
        return Programs.RunAsync("bash", [Path.Combine(Repository.Root, "docs", "walkthrough.sh")], [], environment);
    }

    /// <summary>The return path is under the sender's domain, where its SPF record is, and DNS has an MX for it.</summary>
    private void AssertAlignedReturnPath(ReceivedMessage mail)
    {
        Assert.Matches($"^<[^@ ]+@mail\\.{Domain.Replace(".", "\\.", StringComparison.Ordinal)}>", mail.ReversePath);
        Assert.Equal(DnsStatus.Found, fixture.Dns.Zone.Find($"mail.{Domain}", DnsRecordType.Mx).Status);
        Assert.Equal(DnsStatus.Found, fixture.Dns.Zone.Find($"mail.{Domain}", DnsRecordType.Txt).Status);
    }
}
