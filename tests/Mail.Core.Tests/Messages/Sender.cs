using Mail.Core.ApiKeys;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;

namespace Mail.Core.Tests.Messages;

/// <summary>An organization with a verified domain, and messages of its.</summary>
internal sealed record Sender(Caller Caller, DomainId Domain, string DomainName)
{
    public static async Task<Sender> CreateAsync(TestDatabase database, string name = "acme")
    {
        var organization = await new OrganizationStore(database.DataSource, TimeProvider.System).CreateAsync(name, default);
        var domainName = name + ".test";
        var domain = await new DomainStore(database.DataSource, TimeProvider.System)
            .EnsureVerifiedAsync(organization!.Value, domainName, default);
        return new Sender(new Caller(organization.Value, null, SendingMode.Live, [], null), domain!.Value, domainName);
    }

    public OutgoingMessage Message(params string[] recipients) => new()
    {
        From = Box("sender@" + DomainName),
        Recipients = [.. recipients.DefaultIfEmpty("ada@example.com").Select(to => new OutgoingRecipient(RecipientKind.To, Box(to)))],
        Subject = "Receipt",
        Text = "Thank you",
    };

    public static Mailbox Box(string address) => new(null, EmailAddress.Parse(address));
}
