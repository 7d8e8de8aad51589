using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Sandbox;
using Mail.Core.Suppressions;
using Mail.Core.Tests.Messages;
using Mail.Protocol.Addresses;
using Mail.Protocol.Bounces;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Suppressions;

public sealed class ReportedBounceTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static int _names;
    private readonly AcceptStore _accept = new(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
    private readonly ReportStore _reports = new(database.DataSource, new SandboxDomain(Options.Create(new SandboxOptions { Domain = "sandbox.test" })));
    private readonly SuppressionStore _suppressions = new(database.DataSource);
    private Sender _sender = null!;

    public async Task InitializeAsync() => _sender = await Sender.CreateAsync(database, $"report{Interlocked.Increment(ref _names)}");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_hard_bounce_suppresses_at_once()
    {
        var message = await AcceptAsync();

        Assert.Equal(ReportOutcome.Recorded, await BounceAsync(message, BounceEffect.Hard));
        Assert.Equal(["hard_bounce"], await ReasonsAsync());
        Assert.Equal("bounced", await database.ValueAsync<string>("select status from messages where id = $1", message.Value));
    }

    [Fact]
    public async Task Reports_of_sandbox_addresses_are_told_and_count_for_nothing()
    {
        var message = await AcceptAsync("dsn-later+60s@Sandbox.test");
        for (var i = 0; i < 3; i++)
            await BounceAsync(await AcceptAsync("bounce+552@sandbox.test"), BounceEffect.Soft);

        Assert.Equal(ReportOutcome.Recorded, await BounceAsync(message, BounceEffect.Hard));
        Assert.Equal(ReportOutcome.Recorded, await _reports.RecordComplaintAsync(Complaint(message), default));

        Assert.Equal("bounced", await database.ValueAsync<string>("select status from messages where id = $1", message.Value));
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from suppressions where organization_id = $1", Organization.Value));
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from soft_bounces where organization_id = $1", Organization.Value));
        Assert.Equal(0, await database.ValueAsync<long>(
            "select coalesce(sum(hard_bounced + complained), 0)::bigint from sending_hours where organization_id = $1", Organization.Value));
    }

    [Fact]
    public async Task Soft_bounces_suppress_when_there_are_three_over_a_day()
    {
        for (var i = 0; i < 3; i++)
            await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        Assert.Empty(await ReasonsAsync());

        await AgeAsync("23 hours");
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        Assert.Empty(await ReasonsAsync());

        await AgeAsync("24 hours");
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        Assert.Equal(["repeated_soft_bounce"], await ReasonsAsync());
    }

    [Fact]
    public async Task Two_soft_bounces_do_not_suppress_however_old()
    {
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        await AgeAsync("30 days");
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);

        Assert.Empty(await ReasonsAsync());
    }

    [Fact]
    public async Task A_mail_that_arrives_ends_the_row_of_soft_bounces()
    {
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);
        await AgeAsync("30 days");
        await DeliverAsync(await AcceptAsync());
        await BounceAsync(await AcceptAsync(), BounceEffect.Soft);

        Assert.Empty(await ReasonsAsync());
    }

    [Fact]
    public async Task What_says_nothing_of_the_address_never_suppresses()
    {
        for (var i = 0; i < 5; i++)
            await BounceAsync(await AcceptAsync(), BounceEffect.Infrastructure);
        await AgeAsync("30 days");
        await BounceAsync(await AcceptAsync(), BounceEffect.Infrastructure);

        Assert.Empty(await ReasonsAsync());
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from soft_bounces where organization_id = $1", Organization.Value));
    }

    [Fact]
    public async Task A_replayed_report_changes_nothing()
    {
        var message = await AcceptAsync();
        await BounceAsync(message, BounceEffect.Hard);
        await _reports.RecordComplaintAsync(Complaint(message), default);
        await _suppressions.DeleteManyAsync(Organization, [], [EmailAddress.Parse("ada@example.com")], default);
        var before = await TracesAsync();

        var again = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => BounceAsync(message, BounceEffect.Hard))));
        var complaint = await _reports.RecordComplaintAsync(Complaint(message), default);

        Assert.All(again.Append(complaint), outcome => Assert.Equal(ReportOutcome.AlreadyKnown, outcome));
        Assert.Equal(before, await TracesAsync());
    }

    [Fact]
    public async Task Reports_at_the_same_moment_count_once()
    {
        var message = await AcceptAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => BounceAsync(message, BounceEffect.Soft))));

        Assert.Single(outcomes, ReportOutcome.Recorded);
        Assert.Equal(1, await database.ValueAsync<int>("select count from soft_bounces where organization_id = $1", Organization.Value));
    }

    [Fact]
    public async Task A_complaint_suppresses_and_leaves_the_message_as_it_is()
    {
        var message = await AcceptAsync();
        await DeliverAsync(message);

        Assert.Equal(ReportOutcome.Recorded, await _reports.RecordComplaintAsync(Complaint(message), default));
        Assert.Equal(["complaint"], await ReasonsAsync());
        Assert.Equal("sent", await database.ValueAsync<string>("select status from messages where id = $1", message.Value));
    }

    [Fact]
    public async Task A_report_of_an_unknown_message_or_recipient_is_unknown()
    {
        var message = await AcceptAsync();

        Assert.Equal(ReportOutcome.Unknown, await BounceAsync(PrefixedId.New<MessageId>(TimeProvider.System), BounceEffect.Hard));
        Assert.Equal(ReportOutcome.Unknown, await _reports.RecordBounceAsync(
            new BounceReport(message, new ReportedRecipient(null, EmailAddress.Parse("eve@example.com")), BounceEffect.Hard, BounceSource.Dsn), default));
        Assert.Empty(await ReasonsAsync());
    }

    [Fact]
    public async Task What_was_accepted_before_is_not_sent_after_the_suppression()
    {
        var message = await AcceptAsync();
        await _suppressions.CreateAsync(Organization, new SuppressionInput(EmailAddress.Parse("ADA@example.com"), SuppressionReason.Manual), default);

        Assert.Empty(await ClaimAsync());
        Assert.Equal("suppressed", await database.ValueAsync<string>("select status from messages where id = $1", message.Value));
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from delivery_queue where message_id = $1", message.Value));
    }

    private OrganizationId Organization => _sender.Caller.Organization;

    private async Task<MessageId> AcceptAsync(string recipient = "ada@example.com")
    {
        var pending = new PendingAccept(
            _sender.Caller, PrefixedId.New<MessageId>(TimeProvider.System), _sender.Domain, _sender.Message(recipient), [], null);
        return Assert.IsType<AcceptOutcome.Accepted>((await _accept.StoreAsync([pending], default)).Single()).Id;
    }

    private Task<ReportOutcome> BounceAsync(MessageId message, BounceEffect effect) =>
        _reports.RecordBounceAsync(new BounceReport(message, new ReportedRecipient(0), effect, BounceSource.Dsn), default);

    private static ComplaintReport Complaint(MessageId message) => new(message, new ReportedRecipient(0), ComplaintSource.Arf, "abuse");

    private Task AgeAsync(string by) => database.ExecuteAsync(
        $"update soft_bounces set first_at = now() - interval '{by}' where organization_id = $1", Organization.Value);

    private Task<List<string>> ReasonsAsync() => database.RowsAsync(
        "select reason from suppressions where organization_id = $1 and address_key = 'ada@example.com'", row => row.GetString(0), Organization.Value);

    private Task<string> TracesAsync() => database.ValueAsync<string>(
        """
        select concat_ws(' ', (select count(*) from events where organization_id = $1), (select count(*) from suppressions where organization_id = $1),
            (select sum(hard_bounced) from sending_hours where organization_id = $1), (select sum(complained) from sending_hours where organization_id = $1))
        """, Organization.Value);

    private async Task<List<DeliveryJob>> ClaimAsync() =>
        [.. await new QueueStore(database.DataSource).ClaimAsync(
            "test", [new LaneClaim(new QueueLane((short)DeliveryPriority.Normal, Organization, "example.com"), 100)], TimeSpan.FromMinutes(1), default)];

    private async Task DeliverAsync(MessageId message)
    {
        var job = (await ClaimAsync()).Single(job => job.Message == message);
        var now = TimeProvider.System.GetUtcNow();
        await new QueueStore(database.DataSource).RecordAsync([new DeliveryRecord
        {
            Lease = job.Lease, Organization = job.Organization, Message = job.Message, Mode = job.Mode, SenderDomain = job.SenderDomain, AttemptNumber = 1,
            Worker = "test", StartedAt = now, EndedAt = now, CoversMessage = true,
            Results = [new RecipientResult(0, "ada@example.com", DeliveryOutcome.Delivered, "end_of_data", "reply", null, null, null, null, 250, "2.0.0", "ok")],
        }], default);
    }
}
