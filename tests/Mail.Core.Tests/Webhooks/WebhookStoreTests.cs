using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Core.Webhooks;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Webhooks;

public sealed class WebhookStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static int _organizations;

    private readonly WebhookSecrets _secrets = new(new SecretBox(new byte[32]));

    [Fact]
    public async Task Deliveries_are_made_with_the_event_for_those_who_want_it()
    {
        var (organization, store) = await StartAsync();
        var wants = await AddAsync(store, organization, types: EventTypes.MessageBounced);
        var account = await AddAsync(store, organization, WebhookDialect.Account, "email.bounced");
        var all = await AddAsync(store, organization, types: "*");
        var other = await AddAsync(store, organization, types: EventTypes.MessageSent);
        var off = await AddAsync(store, organization, types: "*");
        await store.UpdateAsync(organization, off, new WebhookChange(Status: WebhookStatus.Disabled), CancellationToken.None);
        var (stranger, _) = await StartAsync();
        await AddAsync(store, stranger, types: "*");
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");

        await HappenAsync(organization, EventTypes.MessageBounced);

        var made = await database.RowsAsync(
            "select d.endpoint_id from webhook_deliveries d join webhook_queue q on q.id = d.id and q.event_id = d.event_id", row => row.GetGuid(0));
        Assert.Equal(new[] { wants, account, all }.Select(webhook => webhook.Id.Value).Order(), made.Order());
        Assert.DoesNotContain(other.Id.Value, made);
    }

    [Fact]
    public async Task No_more_are_claimed_of_one_endpoint_than_it_may_have_whoever_claims()
    {
        var (organization, store) = await StartAsync();
        var busy = await AddAsync(store, organization, types: EventTypes.MessageBounced);
        var calm = await AddAsync(store, organization, types: EventTypes.MessageOpened);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        for (var i = 0; i < 10; i++)
            await HappenAsync(organization, EventTypes.MessageBounced);
        await HappenAsync(organization, EventTypes.MessageOpened);
        var queue = Queue();

        var first = await ClaimAsync(queue, 3);
        var second = await ClaimAsync(queue, 100);
        var third = await ClaimAsync(queue, 100);

        // The first of each endpoint comes before the second of any.
        Assert.Equal([busy.Id, calm.Id], first.Take(2).Select(job => job.Webhook).OrderBy(id => id == calm.Id));
        Assert.Equal(4, first.Concat(second).Count(job => job.Webhook == busy.Id));
        Assert.Empty(third);
    }

    [Fact]
    public async Task A_long_backlog_of_one_endpoint_does_not_hide_another()
    {
        var (organization, store) = await StartAsync();
        var busy = await AddAsync(store, organization, types: EventTypes.MessageBounced);
        var calm = await AddAsync(store, organization, types: EventTypes.MessageOpened);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        await new EventStore(database.DataSource).AppendAsync(
            [.. Enumerable.Range(0, 1500).Select(_ => NewEvent.OfMessage(organization, EventTypes.MessageBounced, new MessageId(Guid.CreateVersion7())))],
            CancellationToken.None);
        await database.ExecuteAsync("update webhook_queue set due_at = now() - interval '1 hour'");
        await HappenAsync(organization, EventTypes.MessageOpened);

        var claimed = await ClaimAsync(Queue(), 100);

        Assert.Equal((4, 1), (claimed.Count(job => job.Webhook == busy.Id), claimed.Count(job => job.Webhook == calm.Id)));
    }

    [Fact]
    public async Task A_failing_endpoint_gets_one_at_a_time()
    {
        var (organization, store) = await StartAsync();
        await AddAsync(store, organization, types: EventTypes.MessageBounced);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        await database.ExecuteAsync("update webhook_endpoints set failing_since = now() where organization_id = $1", organization.Value);
        for (var i = 0; i < 3; i++)
            await HappenAsync(organization, EventTypes.MessageBounced);

        Assert.Single(await ClaimAsync(Queue(), 100));
        Assert.Empty(await ClaimAsync(Queue(), 100));
    }

    [Fact]
    public async Task A_result_under_a_lost_lease_changes_nothing()
    {
        var (organization, store) = await StartAsync();
        await AddAsync(store, organization, types: EventTypes.MessageBounced);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        await HappenAsync(organization, EventTypes.MessageBounced);
        var queue = Queue();
        var lost = Assert.Single(await ClaimAsync(queue, 1));
        await database.ExecuteAsync("update webhook_queue set due_at = now()");
        var held = Assert.Single(await ClaimAsync(queue, 1));

        var late = await queue.RecordAsync([Failed(lost)], TimeSpan.FromDays(5), CancellationToken.None);
        var inTime = await queue.RecordAsync([Failed(lost), Failed(held)], TimeSpan.FromDays(5), CancellationToken.None);

        Assert.Empty(late);
        Assert.Equal([held.Lease], inTime);
        Assert.Equal(1, await database.ValueAsync<long>("select count(*) from webhook_attempts"));
    }

    [Fact]
    public async Task Both_secrets_are_handed_out_until_the_older_one_expires_and_the_ring_seals_both_again()
    {
        var (organization, store) = await StartAsync();
        var webhook = await AddAsync(store, organization, types: EventTypes.MessageBounced);
        var rotated = await store.RotateSecretAsync(organization, webhook.Id, CancellationToken.None);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        await HappenAsync(organization, EventTypes.MessageBounced);

        var ring = new SecretBox([[.. Enumerable.Repeat((byte)7, 32)], new byte[32]]);
        foreach (var column in WebhookSecrets.Columns)
            Assert.True((await new SealedColumnStore(database.DataSource, ring).ResealAsync(column, null, 100, CancellationToken.None)).Resealed > 0);
        var secrets = new WebhookSecrets(ring);
        var job = Assert.Single(await ClaimAsync(new WebhookQueueStore(database.DataSource, secrets, TimeProvider.System), 1));
        await database.ExecuteAsync("update webhook_endpoints set previous_secret_expires_at = now(); update webhook_queue set due_at = now()");
        var later = Assert.Single(await ClaimAsync(new WebhookQueueStore(database.DataSource, secrets, TimeProvider.System), 1));
        var without = new WebhookQueueStore(database.DataSource, _secrets, TimeProvider.System);
        await database.ExecuteAsync("update webhook_queue set due_at = now()");

        Assert.Equal(rotated!.Value.Secret.Reveal(), job.Secrets[0].Reveal());
        Assert.Equal(2, job.Secrets.Count);
        Assert.Single(later.Secrets);
        // A secret that does not open keeps its delivery from being signed, and stops no other.
        Assert.Empty(Assert.Single(await ClaimAsync(without, 1)).Secrets);
    }

    [Fact]
    public async Task Orphans_are_given_up()
    {
        var (organization, store) = await StartAsync();
        var webhook = await AddAsync(store, organization, types: EventTypes.MessageBounced);
        await database.ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");
        await HappenAsync(organization, EventTypes.MessageBounced);
        await database.ExecuteAsync("delete from webhook_endpoints where id = $1", webhook.Id.Value);

        Assert.Equal(1, await Queue().SettleOrphansAsync(100, CancellationToken.None));

        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from webhook_queue"));
        Assert.Equal("failed", await database.ValueAsync<string>("select status from webhook_deliveries"));
    }

    [Fact]
    public async Task Many_made_at_once_are_not_more_than_allowed()
    {
        var (organization, _) = await StartAsync();
        var store = Store(limit: 3);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.CreateAsync(
            organization, new NewWebhook(WebhookDialect.Mail, "https://example.com/", null, ["*"]), CancellationToken.None)));

        Assert.Equal(3, outcomes.Count(outcome => outcome is CreateWebhookOutcome.Created));
        Assert.Equal(7, outcomes.Count(outcome => outcome is CreateWebhookOutcome.TooMany));
    }

    private WebhookStore Store(int limit = 100) =>
        new(database.DataSource, _secrets, Options.Create(new WebhookOptions { MaxEndpoints = limit }), TimeProvider.System);

    private WebhookQueueStore Queue() => new(database.DataSource, _secrets, TimeProvider.System);

    private static Task<List<WebhookJob>> ClaimAsync(WebhookQueueStore queue, int count) =>
        queue.ClaimDueAsync("test", count, perEndpoint: 4, TimeSpan.FromMinutes(1), CancellationToken.None);

    private async Task<(OrganizationId Organization, WebhookStore Store)> StartAsync()
    {
        var organization = await new OrganizationStore(database.DataSource, TimeProvider.System)
            .CreateAsync($"hooked {Interlocked.Increment(ref _organizations)}", CancellationToken.None);
        return (organization!.Value, Store());
    }

    private static async Task<WebhookDetails> AddAsync(
        WebhookStore store, OrganizationId organization, WebhookDialect dialect = WebhookDialect.Mail, params string[] types) =>
        Assert.IsType<CreateWebhookOutcome.Created>(await store.CreateAsync(
            organization, new NewWebhook(dialect, "https://example.com/hooks", null, types), CancellationToken.None)).Webhook;

    private Task HappenAsync(OrganizationId organization, string type) => new EventStore(database.DataSource).AppendAsync(
        [NewEvent.OfMessage(organization, type, new MessageId(Guid.CreateVersion7()))], CancellationToken.None);

    private static WebhookResult Failed(WebhookJob job) => new()
    {
        Job = job,
        Succeeded = false,
        RetryIn = TimeSpan.FromMinutes(5),
        StartedAt = TimeProvider.System.GetUtcNow(),
        Latency = TimeSpan.FromMilliseconds(3),
        Error = "timed_out",
        Worker = "test",
    };
}
