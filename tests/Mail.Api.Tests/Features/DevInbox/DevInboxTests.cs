using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Inbound;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.DevInbox;

[Collection(ApiCollection.Name)]
public sealed class DevInboxTests(ApiFixture api)
{
    [Fact]
    public async Task A_captured_mail_is_listed_and_read()
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant, "ada@recipient.test", "Grüße");

        var page = await tenant.Client.GetJsonAsync("/v1/dev/inbox?to=ada@RECIPIENT.test&subject=gr%C3%BC");
        var row = Assert.Single(page.At("data").EnumerateArray());
        var mail = await tenant.Client.GetJsonAsync($"/v1/dev/inbox/{row.Text("id")}");

        Assert.Equal(tenant.Sender, row.Text("from", "email"));
        Assert.Equal("ada@recipient.test", row.At("to")[0].Text("email"));
        Assert.Equal("Grüße", mail.Text("subject"));
        Assert.Equal("Hi Ada\n", mail.Text("text").ReplaceLineEndings("\n"));
        Assert.Equal("<p>Hi Ada</p>", mail.Text("html").Trim());
        Assert.Equal("pass", mail.Text("authentication", "dkim", "result"));
        Assert.Equal("bounce@bounce.test", mail.Text("envelope", "mailFrom"));
        Assert.Contains(mail.At("headers").EnumerateArray(), header => header.Text("name") == "X-Tag" && header.Text("value") == "é");
        var attachment = Assert.Single(mail.At("attachments").EnumerateArray());
        Assert.Equal("a.txt", attachment.Text("filename"));
        Assert.Equal(5, attachment.At("size").GetInt64());
    }

    [Fact]
    public async Task The_raw_mail_is_what_arrived()
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant, "ada@recipient.test", "Raw");
        var id = (await tenant.Client.GetJsonAsync("/v1/dev/inbox")).At("data")[0].Text("id");

        using var response = await tenant.Client.GetAsync($"/v1/dev/inbox/{id}/raw");

        Assert.Equal("message/rfc822", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Raw(tenant, "ada@recipient.test", "Raw"), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_query_parameter_that_does_not_exist_is_refused_by_name()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.GetAsync("/v1/dev/inbox?subjct=Hello&limit=0");
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("?subjct", problem.At("errors")[0].Text("path"));
        Assert.Contains("'subject'", problem.At("errors")[0].Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_a_match_arrives()
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant, "bob@recipient.test", "Other");

        var waiting = tenant.Client.GetJsonAsync("/v1/dev/inbox?to=ada@recipient.test&wait=30s");
        Assert.False(waiting.IsCompleted);
        var start = Stopwatch.GetTimestamp();
        await CaptureAsync(tenant, "ada@recipient.test", "Match");

        Assert.Equal("Match", (await waiting).At("data")[0].Text("subject"));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Waiting_in_vain_answers_an_empty_list()
    {
        var tenant = await api.TenantAsync();

        var page = await tenant.Client.GetJsonAsync("/v1/dev/inbox?to=ada@recipient.test&wait=1s");

        Assert.Equal(0, page.At("data").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, page.At("nextCursor").ValueKind);
    }

    [Fact]
    public async Task Pages_go_from_newest_to_oldest()
    {
        var tenant = await api.TenantAsync();
        for (var i = 1; i <= 5; i++)
            await CaptureAsync(tenant, "ada@recipient.test", $"No {i}");

        var subjects = new List<string>();
        var path = "/v1/dev/inbox?limit=2";
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await tenant.Client.GetJsonAsync(cursor.Length == 0 ? path : $"{path}&cursor={cursor}");
            subjects.AddRange(page.At("data").EnumerateArray().Select(row => row.Text("subject")));
            cursor = page.At("nextCursor").GetString();
            Assert.Equal(cursor is not null, page.At("hasMore").GetBoolean());
        }

        Assert.Equal(["No 5", "No 4", "No 3", "No 2", "No 1"], subjects);
    }

    [Fact]
    public async Task Bad_parameters_are_listed_together()
    {
        var tenant = await api.TenantAsync();

        var problem = await tenant.Client.GetJsonAsync("/v1/dev/inbox?to=nope&wait=31s&cursor=x&limit=101&subject=%00", 400);

        Assert.Equal(
            ["?cursor invalid_value", "?limit out_of_range", "?subject invalid_characters", "?to invalid_email", "?wait out_of_range"],
            problem.FieldErrors());
    }

    [Fact]
    public async Task Another_organization_sees_and_deletes_nothing_of_it()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        await CaptureAsync(tenant, "ada@recipient.test", "Mine");
        var id = (await tenant.Client.GetJsonAsync("/v1/dev/inbox")).At("data")[0].Text("id");

        Assert.Equal(0, (await other.Client.GetJsonAsync("/v1/dev/inbox")).At("data").GetArrayLength());
        await other.Client.GetJsonAsync($"/v1/dev/inbox/{id}", 404);
        await other.Client.GetJsonAsync($"/v1/dev/inbox/{id}/raw", 404);
        using var deleted = await other.Client.DeleteAsync("/v1/dev/inbox");
        Assert.Equal(1, (await tenant.Client.GetJsonAsync("/v1/dev/inbox")).At("data").GetArrayLength());
    }

    [Fact]
    public async Task Deleting_empties_it_and_needs_the_scope_to_write()
    {
        var tenant = await api.TenantAsync();
        await CaptureAsync(tenant, "ada@recipient.test", "Gone");
        var reader = await tenant.WithKeyAsync([Scopes.InboundRead]);

        using var refused = await reader.DeleteAsync("/v1/dev/inbox");
        Assert.Contains("inbound:write", (await refused.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
        using var deleted = await tenant.Client.DeleteAsync("/v1/dev/inbox");
        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Equal(0, (await reader.GetJsonAsync("/v1/dev/inbox")).At("data").GetArrayLength());
    }

    private Task CaptureAsync(Tenant tenant, string recipient, string subject) =>
        api.Application.Services.GetRequiredService<Mail.Core.Inbound.DevInbox>().StoreAsync(
        [
            (null, tenant.Domain, new CapturedMail("bounce@bounce.test", [recipient],
                new InboxAuthentication(new DkimSummary("pass", tenant.Domain, "ms1", null)), Raw(tenant, recipient, subject))),
        ], CancellationToken.None);

    private static byte[] Raw(Tenant tenant, string recipient, string subject) => Encoding.UTF8.GetBytes(
        $"""
        Return-Path: <bounce@bounce.test>
        From: Hello <{tenant.Sender}>
        To: Ada <{recipient}>
        Subject: {subject}
        X-Tag: =?utf-8?q?=C3=A9?=
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=m

        --m
        Content-Type: multipart/alternative; boundary=a

        --a
        Content-Type: text/plain; charset=utf-8

        Hi Ada

        --a
        Content-Type: text/html; charset=utf-8

        <p>Hi Ada</p>
        --a--
        --m
        Content-Type: text/plain; name=a.txt
        Content-Disposition: attachment; filename=a.txt
        Content-Transfer-Encoding: base64

        aGVsbG8=
        --m--

        """.ReplaceLineEndings("\r\n"));
}
