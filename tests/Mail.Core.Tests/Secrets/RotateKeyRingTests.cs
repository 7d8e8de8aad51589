using System.Security.Cryptography;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Core.Tests.Messages;
using Mail.Protocol.Dkim;

namespace Mail.Core.Tests.Secrets;

public sealed class RotateKeyRingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DkimKey _key = DkimKey.Generate(DkimKeyType.Ed25519);
    private static int _senders;

    private readonly byte[] _former = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _next = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public async Task Seals_every_key_again_in_batches_and_only_once()
    {
        await ForgetAsync();
        var organizations = new List<(OrganizationId Organization, string Domain)>();
        for (var i = 0; i < 5; i++)
            organizations.Add(await DomainWithKeyAsync(_former));

        Assert.Equal([new KeyRingReport("DKIM keys", 5, 0)], await RotateAsync(batchSize: 2));
        Assert.Equal([new KeyRingReport("DKIM keys", 0, 0)], await RotateAsync(batchSize: 2));

        var store = new DkimKeyStore(database.DataSource, new SecretBox(_next));
        foreach (var (organization, domain) in organizations)
            Assert.Equal(_key.PublicKeyRecord, (await store.ActiveAsync(organization, domain, default)).Single().Key.PublicKeyRecord);
    }

    [Fact]
    public async Task Goes_on_where_it_was_stopped()
    {
        await ForgetAsync();
        for (var i = 0; i < 3; i++)
            await DomainWithKeyAsync(_former);
        var columns = new SealedColumnStore(database.DataSource, new SecretBox([_next, _former]));

        await columns.ResealAsync(DkimKeyStore.SealedKeys, null, 2, default);

        Assert.Equal([new KeyRingReport("DKIM keys", 1, 0)], await RotateAsync());
    }

    [Fact]
    public async Task Leaves_alone_and_counts_what_no_key_opens()
    {
        await ForgetAsync();
        await DomainWithKeyAsync(RandomNumberGenerator.GetBytes(32));
        await DomainWithKeyAsync(_former);
        await DomainWithKeyAsync(RandomNumberGenerator.GetBytes(32));

        Assert.Equal([new KeyRingReport("DKIM keys", 1, 2)], await RotateAsync(batchSize: 1));
    }

    private async Task<List<KeyRingReport>> RotateAsync(int batchSize = 100)
    {
        var ring = new SecretBox([_next, _former]);
        var reports = new List<KeyRingReport>();
        await foreach (var report in new RotateKeyRing(new SealedColumnStore(database.DataSource, ring), [DkimKeyStore.SealedKeys]).RunAsync(default, batchSize))
            reports.Add(report);
        return reports;
    }

    private async Task<(OrganizationId, string)> DomainWithKeyAsync(byte[] masterKey)
    {
        var sender = await Sender.CreateAsync(database, $"rotated{Interlocked.Increment(ref _senders)}");
        Assert.True(await new DkimKeyStore(database.DataSource, new SecretBox(masterKey))
            .CreateAsync(sender.Caller.Organization, sender.Domain, "ms1", _key, default));
        return (sender.Caller.Organization, sender.DomainName);
    }

    private Task ForgetAsync() => database.ExecuteAsync("delete from dkim_keys");
}
