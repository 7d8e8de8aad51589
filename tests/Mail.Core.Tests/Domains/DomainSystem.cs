using System.Security.Cryptography;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Domains;

/// <summary>The operations on domains over a database and a name server of their own.</summary>
internal sealed class DomainSystem : IAsyncDisposable
{
    public const string BounceDomain = "bounce.mailer.test";
    private static int _organizations;

    private readonly TestDatabase _database;
    private readonly DomainOptions _options = new() { MaxPerOrganization = 3, CheckTimeout = TimeSpan.FromMinutes(2) };

    public DomainSystem(TestDatabase database)
    {
        _database = database;
        var host = Options.Create(new MailHostOptions { Name = "mx.mailer.test", BounceDomain = BounceDomain });
        var options = Options.Create(_options);
        // No test waits for an answer that does not come: on a slow machine it is late, and not missing.
        var dns = new FreshDns(new StubResolver(new StubResolverOptions
        {
            Servers = [Dns.EndPoint], MaximumCacheEntries = 0, Attempts = 1,
            AttemptTimeout = TimeSpan.FromMinutes(1), TotalTimeout = TimeSpan.FromMinutes(2),
        }));
        var secrets = new SecretBox(RandomNumberGenerator.GetBytes(32));
        Keys = new DkimKeyStore(database.DataSource, secrets);
        Store = new DomainStore(database.DataSource, TimeProvider.System);
        Changes = new DomainChangeStore(database.DataSource, Keys, TimeProvider.System);
        CheckStore = new DomainCheckStore(database.DataSource);
        Records = new DomainRecords(options, host);
        var check = new DnsRecordCheck(dns, options, TimeProvider.System);
        Proof = new DomainProof(secrets, check);
        Create = new CreateDomain(Store, Changes, Proof, new DkimKeyMaker(), options);
        Check = new CheckDomain(CheckStore, Records, check, TimeProvider.System);
        Claim = new ClaimDomain(Store, Changes, Proof);
        Rotate = new RotateDkim(Store, Keys, new DkimKeyMaker());
        Delete = new DeleteDomain(Store, Changes);
        Senders = new SenderDomains(Store, Clock);
    }

    public TestDnsServer Dns { get; } = TestDnsServer.Start();

    public SteppedClock Clock { get; } = new();

    public DkimKeyStore Keys { get; }

    public DomainStore Store { get; }

    public DomainChangeStore Changes { get; }

    public DomainCheckStore CheckStore { get; }

    public DomainRecords Records { get; }

    public DomainProof Proof { get; }

    public CreateDomain Create { get; }

    public CheckDomain Check { get; }

    public ClaimDomain Claim { get; }

    public RotateDkim Rotate { get; }

    public DeleteDomain Delete { get; }

    public SenderDomains Senders { get; }

    public async Task<OrganizationId> OrganizationAsync() => (await new OrganizationStore(_database.DataSource, TimeProvider.System)
        .CreateAsync($"domains {Interlocked.Increment(ref _organizations)} {Guid.NewGuid()}", default))!.Value;

    public Task<DomainChange> TryCreateAsync(OrganizationId organization, string name, string? tracking = null) =>
        Create.RunAsync(organization, name, "mail", tracking, Mail.Core.Tls.TlsRequirement.Opportunistic, default);

    public async Task<SendingDomain> CreateAsync(OrganizationId organization, string name, string? tracking = null) =>
        Assert.IsType<DomainChange.Done>(await TryCreateAsync(organization, name, tracking)).Domain;

    public async Task<SendingDomain> VerifiedAsync(OrganizationId organization, string name)
    {
        var domain = await CreateAsync(organization, name);
        Publish(domain);
        domain = await VerifyAsync(domain);
        Assert.Equal(DomainStatus.Verified, domain.Status);
        return domain;
    }

    /// <summary>Puts all records of a domain into DNS, in place of what is at their names.</summary>
    public void Publish(SendingDomain domain)
    {
        foreach (var name in Records.Of(domain).Select(record => record.Name).Distinct())
            Dns.Zone.Remove(name);
        foreach (var record in Records.Of(domain))
            Publish(record);
    }

    public void Publish(ExpectedRecord record)
    {
        switch (record.Type)
        {
            case DnsRecordType.Txt:
                Dns.Zone.Txt(record.Name, record.Value);
                break;
            case DnsRecordType.Mx:
                Dns.Zone.Mx(record.Name, 10, record.Value.Split(' ')[1]);
                break;
            default:
                Dns.Zone.Cname(record.Name, record.Value);
                break;
        }
    }

    public ExpectedRecord Record(SendingDomain domain, RecordPurpose purpose) => Records.Of(domain).First(record => record.Purpose == purpose);

    public async Task<SendingDomain> VerifyAsync(SendingDomain domain)
    {
        Assert.IsType<CheckDomainOutcome.Checked>(await Check.VerifyAsync(domain.Organization, domain.Id, default));
        return await FindAsync(domain);
    }

    public async Task<SendingDomain> FindAsync(SendingDomain domain) => (await Store.FindAsync(domain.Organization, domain.Id, default))!;

    public Task<List<string>> EventsAsync(SendingDomain domain) => _database.RowsAsync(
        "select type from events where organization_id = $1 and resource_id = $2 and resource_type = 'domain' order by created_at, id",
        row => row.GetString(0), domain.Organization.Value, domain.Id.Value);

    /// <summary>Lets time pass for one domain.</summary>
    public Task AgeAsync(SendingDomain domain, TimeSpan by) => _database.ExecuteAsync(
        """
        update domains set pending_since = pending_since - $2, failing_since = failing_since - $2, next_check_at = next_check_at - $2 where id = $1
        """, domain.Id.Value, by);

    public Task<TimeSpan?> NextCheckInAsync(SendingDomain domain) =>
        _database.ValueAsync<TimeSpan?>("select next_check_at - now() from domains where id = $1", domain.Id.Value);

    public async ValueTask DisposeAsync() => await Dns.DisposeAsync();
}

/// <summary>A monotonic clock that moves when the test says so.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
