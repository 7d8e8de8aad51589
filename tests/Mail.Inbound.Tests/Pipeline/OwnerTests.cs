using System.Collections.Frozen;
using Mail.Core.ApiKeys;
using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Pipeline;

/// <summary>Who may bring mail, and whose it is then.</summary>
public sealed class OwnerTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private static int _tenants;

    [Fact]
    public async Task Return_path_leads_to_the_organization_of_its_message()
    {
        var (organization, message, returnPath) = await AcceptAsync(SendingMode.Live);

        Assert.StartsWith("250 2.0.0 OK queued as inb_", await SendAsync(fixture.Development, returnPath));

        var mail = Assert.Single(await fixture.StoredAsync());
        Assert.Equal(organization.Value, mail.Organization);
        Assert.Equal(message.Value, mail.Message);
    }

    [Fact]
    public async Task Mail_from_a_domain_of_an_organization_is_its_own()
    {
        var (organization, _, _) = await AcceptAsync(SendingMode.Live);

        Assert.StartsWith("250 ", await SendAsync(fixture.Development, $"someone@TENANT{_tenants}.test"));

        Assert.Equal(organization.Value, Assert.Single(await fixture.StoredAsync()).Organization);
    }

    [Fact]
    public async Task Mail_from_nowhere_goes_to_the_demo_organization_in_development()
    {
        var demo = await fixture.Development.Services.GetRequiredService<OrganizationStore>()
            .FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None);

        Assert.StartsWith("250 ", await SendAsync(fixture.Development, ""));

        Assert.Equal(demo!.Value.Value, Assert.Single(await fixture.StoredAsync()).Organization);
    }

    [Fact]
    public async Task Message_of_a_test_key_is_taken_outside_development()
    {
        var (organization, message, returnPath) = await AcceptAsync(SendingMode.Test);

        Assert.StartsWith("250 ", await SendAsync(fixture.Production, returnPath));

        var mail = Assert.Single(await fixture.StoredAsync());
        Assert.Equal((organization.Value, (Guid?)message.Value), (mail.Organization, mail.Message));
    }

    [Fact]
    public async Task Message_of_a_live_key_is_not_taken_outside_development()
    {
        var (_, _, returnPath) = await AcceptAsync(SendingMode.Live);

        Assert.Equal("554 5.5.1 No valid recipients", await SendAsync(fixture.Production, returnPath));

        Assert.Empty(await fixture.StoredAsync());
    }

    [Fact]
    public async Task A_return_path_of_ours_is_known_by_its_signature_under_any_sending_domain()
    {
        var (_, message, returnPath) = await AcceptAsync(SendingMode.Test);

        Assert.StartsWith("250 ", await SendAsync(fixture.Production, returnPath.Replace(InboundHost.BounceDomain, "mail.tenant.test", StringComparison.Ordinal)));

        Assert.Equal(message.Value, Assert.Single(await fixture.StoredAsync()).Message);
    }

    [Fact]
    public async Task Altered_return_path_opens_nothing()
    {
        var (_, _, returnPath) = await AcceptAsync(SendingMode.Test);
        var altered = string.Concat(returnPath.AsSpan(0, 10), returnPath[10] == 'a' ? "b" : "a", returnPath.AsSpan(11));

        Assert.Equal("554 5.5.1 No valid recipients", await SendAsync(fixture.Production, altered));
    }

    [Fact]
    public async Task Each_recipient_has_its_own_copy()
    {
        var reply = await SendAsync(fixture.Development, "a@client.test", "one@local.test", "two@local.test", "three@local.test");

        Assert.StartsWith("250 ", reply);
        var mails = await fixture.StoredAsync();
        Assert.Equal(["one@local.test", "two@local.test", "three@local.test"], mails.Select(mail => mail.RcptTo));
        Assert.All(mails, mail => Assert.Equal("Subject: hello\r\n"u8.ToArray(), mail.Content));
    }

    private async Task<string?> SendAsync(InboundHost host, string from, params string[] to)
    {
        await fixture.ClearAsync();
        await using var client = new LineClient(await host.ConnectAsync());
        await client.GreetAsync();
        return await client.MailAsync("Subject: hello", from, to);
    }

    private async Task<(OrganizationId, MessageId, string ReturnPath)> AcceptAsync(SendingMode mode)
    {
        var services = fixture.Development.Services;
        var domain = $"tenant{++_tenants}.test";
        var organization = (await services.GetRequiredService<OrganizationStore>().CreateAsync(domain, CancellationToken.None))!.Value;
        await using (var add = fixture.Database.DataSource.CreateCommand(
            "insert into domains (organization_id, id, name, status, verified_at) values ($1, $2, $3, 'verified', now())"))
        {
            add.Parameters.AddWithValue(organization.Value);
            add.Parameters.AddWithValue(PrefixedId.New<DomainId>(TimeProvider.System).Value);
            add.Parameters.AddWithValue(domain);
            await add.ExecuteNonQueryAsync();
        }
        var caller = new Caller(organization, null, mode, FrozenSet.Create(Scopes.FullAccess), null);
        var outcome = await services.GetRequiredService<AcceptMessages>().AcceptAsync(
            caller,
            new OutgoingMessage
            {
                From = Box($"shop@{domain}"),
                Recipients = [new OutgoingRecipient(RecipientKind.To, Box("ann@example.test"))],
                Subject = "hello",
                Text = "hello",
            },
            CancellationToken.None);
        var message = Assert.IsType<AcceptOutcome.Accepted>(outcome).Id;
        return (organization, message, services.GetRequiredService<ReturnPath>().Write(message, 0) + "@" + InboundHost.BounceDomain);
    }

    private static Mailbox Box(string text) => Mailbox.TryParse(text, out var mailbox, out var error) ? mailbox : throw new FormatException($"{text}: {error}");
}
