using System.Text;
using Mail.Core.Inbound;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.DevInbox;

/// <summary>How captured mail is found.</summary>
[Collection(ApiCollection.Name)]
public sealed class DevInboxSearchTests(ApiFixture api)
{
    [Fact]
    public async Task Mail_to_three_people_is_found_under_each_of_them()
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant, "Subject: Party\r\nTo: ann@people.test\r\n\r\nhello", ["ann@people.test", "Ben@people.test", "hidden@people.test"]);

        Assert.Equal(3, (await FoundAsync(tenant, "")).Count);
        foreach (var person in new[] { "ann@people.test", "ben@people.test", "HIDDEN@PEOPLE.TEST" })
            Assert.Equal(["Party"], await FoundAsync(tenant, $"to={person}"));
        Assert.Empty(await FoundAsync(tenant, "to=nobody@people.test"));
    }

    [Theory]
    [InlineData("invoice", true)]
    [InlineData("INVOICE overdue", true)]
    [InlineData("invoice nonsense", false)]
    [InlineData("grace", true)]
    [InlineData("copy@people.test", true)]
    [InlineData("ada@people.test", true)]
    [InlineData("ÜBERWEISEN", true)]
    [InlineData("script", false)]
    [InlineData("100%", true)]
    [InlineData("1__%", false)]
    [InlineData("  ", true)]
    public async Task Words_are_found_in_subject_addresses_and_text(string search, bool isFound)
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant,
            "From: Grace <grace@writers.test>\r\nCc: copy@people.test\r\nSubject: Invoice 7\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            + "<script>script</script><p>It is <b>overdue</b>; bitte überweisen Sie 100%.</p>", ["ada@people.test"]);

        Assert.Equal(isFound ? ["Invoice 7"] : [], await FoundAsync(tenant, $"search={Uri.EscapeDataString(search)}"));
        Assert.Empty(await FoundAsync(await api.TenantAsync(), $"search={Uri.EscapeDataString(search)}"));
    }

    [Fact]
    public async Task Text_far_behind_the_beginning_is_not_searched()
    {
        var tenant = await api.TenantAsync();
        var filler = string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\r\n", 2000));
        await CaptureAsync(tenant, $"Subject: long\r\n\r\nbeginning\r\n{filler}ending\r\n", ["ada@people.test"]);

        Assert.Equal(["long"], await FoundAsync(tenant, "search=beginning"));
        Assert.Empty(await FoundAsync(tenant, "search=ending"));
    }

    [Fact]
    public async Task Filters_narrow_by_author_message_and_time()
    {
        var tenant = await api.TenantAsync();
        var message = PrefixedId.New<MessageId>(TimeProvider.System);
        await CaptureAsync(tenant, "From: Grace <Grace@writers.test>\r\nSubject: one\r\n\r\nx", ["ada@people.test"], message);
        await CaptureAsync(tenant, "From: linus@writers.test\r\nSubject: two\r\n\r\nx", ["ada@people.test"]);

        Assert.Equal(["one"], await FoundAsync(tenant, "from=grace@Writers.test"));
        Assert.Equal(["one"], await FoundAsync(tenant, $"messageId={message}"));
        Assert.Equal(["two", "one"], await FoundAsync(tenant, "createdFrom=2020-01-01"));
        Assert.Empty(await FoundAsync(tenant, "createdTo=2020-01-01"));
        Assert.Equal(["two"], await FoundAsync(tenant, "to=ada@people.test&from=linus@writers.test&subject=TW&search=linus"));
    }

    [Fact]
    public async Task Bad_filters_are_listed_together()
    {
        var tenant = await api.TenantAsync();

        var problem = await tenant.Client.GetJsonAsync(
            $"/v1/dev/inbox?from=nope&messageId=inb_1&createdFrom=x&createdTo=y&search={new string('a', 201)}", 400);

        Assert.Equal(
            ["?createdFrom invalid_value", "?createdTo invalid_value", "?from invalid_email", "?messageId invalid_value", "?search too_long"],
            problem.FieldErrors());
    }

    [Fact]
    public async Task Waiting_takes_the_filters_too()
    {
        var tenant = await api.TenantAsync();

        var waiting = tenant.Client.GetJsonAsync("/v1/dev/inbox?search=code&wait=30s");
        await CaptureAsync(tenant, "Subject: other\r\n\r\nnothing", ["ada@people.test"]);
        await CaptureAsync(tenant, "Subject: login\r\n\r\nYour code is 123456", ["ada@people.test"]);

        Assert.Equal("login", (await waiting).At("data")[0].Text("subject"));
    }

    private static async Task<List<string>> FoundAsync(Tenant tenant, string query) =>
        [.. (await tenant.Client.GetJsonAsync("/v1/dev/inbox?" + query)).At("data").EnumerateArray().Select(row => row.Text("subject"))];

    private Task CaptureAsync(Tenant tenant, string mail, IReadOnlyList<string> recipients, MessageId? message = null) =>
        api.Application.Services.GetRequiredService<Mail.Core.Inbound.DevInbox>().StoreAsync(
            [(message, tenant.Domain, new CapturedMail("bounce@bounce.test", recipients, new InboxAuthentication(null), Encoding.UTF8.GetBytes(mail)))],
            CancellationToken.None);
}
