using System.Buffers;
using System.Text;
using Mail.Core.ApiKeys;
using Mail.Core.Inbound;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.DevInbox;

/// <summary>The MIME parts of captured mail.</summary>
[Collection(ApiCollection.Name)]
public sealed class DevInboxPartsTests(ApiFixture api)
{
    private const string Nested = """
        From: Shop <shop@shop.test>
        Subject: parts
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=m

        --m
        Content-Type: multipart/alternative; boundary=a

        --a
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        gr=C3=BC=C3=9Fe
        --a
        Content-Type: text/html; charset=utf-8

        <script>alert(1)</script>
        --a--
        --m
        Content-Type: text/html; name="evil.html"
        Content-Disposition: attachment; filename="e\"vil.html"
        Content-Transfer-Encoding: base64

        PHNjcmlwdD4xPC9zY3JpcHQ+
        --m--

        """;

    [Fact]
    public async Task Parts_are_listed_with_their_places_and_decoded_sizes()
    {
        var (tenant, path) = await CaptureAsync(Nested);

        var parts = (await tenant.Client.GetJsonAsync($"{path}/parts")).At("data").EnumerateArray().ToList();
        var mail = await tenant.Client.GetJsonAsync(path);

        Assert.Equal(["1 multipart/alternative", "1.1 text/plain", "1.2 text/html", "2 text/html"],
            parts.Select(part => $"{part.Text("id")} {part.Text("contentType")}"));
        Assert.Equal(("utf-8", "quoted-printable", 7), (parts[1].Text("charset"), parts[1].Text("encoding"), parts[1].At("size").GetInt32()));
        Assert.Equal("attachment", parts[3].Text("disposition"));
        Assert.Equal("2", mail.At("attachments")[0].Text("part"));
        Assert.True(mail.At("size").GetInt32() > 500);
    }

    [Theory]
    [InlineData("1.1", "grüße", "part-1.1")]
    [InlineData("1.2", "<script>alert(1)</script>", "part-1.2")]
    [InlineData("2", "<script>1</script>", "e\"vil.html")]
    public async Task Part_is_read_decoded_and_never_shown_in_place(string part, string content, string name)
    {
        var (tenant, path) = await CaptureAsync(Nested);

        using var file = await tenant.Client.GetAsync($"{path}/parts/{part}");

        Assert.Equal(content, (await file.Content.ReadAsStringAsync()).TrimEnd());
        Assert.Equal("application/octet-stream", file.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(name.Replace('"', '_'), (file.Content.Headers.ContentDisposition.FileNameStar ?? "").Replace('"', '_'));
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(file.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Mail_without_parts_is_its_own_first_one()
    {
        var (tenant, path) = await CaptureAsync("Subject: plain\r\n\r\nhello");

        Assert.Equal("1", Assert.Single((await tenant.Client.GetJsonAsync($"{path}/parts")).At("data").EnumerateArray()).Text("id"));
        Assert.Equal("hello", await tenant.Client.GetStringAsync($"{path}/parts/1"));
    }

    [Fact]
    public async Task What_is_not_there_or_belongs_to_others_is_not_found()
    {
        var (tenant, path) = await CaptureAsync(Nested);
        var other = await api.TenantAsync();

        foreach (var part in new[] { "0", "3", "1.3", "x", "1.1.1" })
            await tenant.Client.GetJsonAsync($"{path}/parts/{part}", 404);
        await other.Client.GetJsonAsync($"{path}/parts", 404);
        await other.Client.GetJsonAsync($"{path}/parts/1.1", 404);
        using var sender = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        Assert.Contains("inbound:read", (await sender.GetJsonAsync($"{path}/parts/1.1", 403)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Single_mail_is_deleted_by_its_owner_only()
    {
        var (tenant, path) = await CaptureAsync(Nested);
        var other = await api.TenantAsync();

        using (var refused = await other.Client.DeleteAsync(path))
            await refused.ReadAsync(404);
        using (var deleted = await tenant.Client.DeleteAsync(path))
            Assert.Equal(204, (int)deleted.StatusCode);
        await tenant.Client.GetJsonAsync(path, 404);
    }

    [Fact]
    public async Task Large_mail_is_read_from_blob_storage_and_listed_by_its_beginning()
    {
        var tenant = await api.TenantAsync();
        var mail = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(
            "From: ann@writer.test\r\nSubject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 20_000)) + "the end\r\n"));
        var services = api.Application.Services;
        var blob = await services.GetRequiredService<InboundBlobs>().StoreRawAsync(tenant.Organization, mail, TimeSpan.FromDays(1), CancellationToken.None);
        var captured = new CapturedMail("bounce@bounce.test", ["ada@people.test"], new InboxAuthentication(null), mail, blob);
        await services.GetRequiredService<Mail.Core.Inbound.DevInbox>().StoreAsync([(null, tenant.Domain, captured)], CancellationToken.None);

        var listed = (await tenant.Client.GetJsonAsync("/v1/dev/inbox?search=large")).At("data")[0];
        var path = $"/v1/dev/inbox/{listed.Text("id")}";

        Assert.Equal((65_536, mail.Length), (captured.Inline.Length, listed.At("size").GetInt64()));
        Assert.EndsWith("the end\r\n", (await tenant.Client.GetJsonAsync(path)).Text("text"));
        Assert.Equal(mail.ToArray(), await tenant.Client.GetByteArrayAsync(path + "/raw"));
    }

    private async Task<(Tenant Tenant, string Path)> CaptureAsync(string mail)
    {
        var tenant = await api.TenantAsync();
        await api.Application.Services.GetRequiredService<Mail.Core.Inbound.DevInbox>().StoreAsync(
            [(null, tenant.Domain, new CapturedMail("bounce@bounce.test", ["ada@people.test"], new InboxAuthentication(null),
                Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"))))],
            CancellationToken.None);
        var id = (await tenant.Client.GetJsonAsync("/v1/dev/inbox")).At("data")[0].Text("id");
        return (tenant, $"/v1/dev/inbox/{id}");
    }
}
