namespace Mail.Api.Tests.Features.Assets;

[Collection(ApiCollection.Name)]
public sealed class AttachedAssetTests(ApiFixture api)
{
    [Fact]
    public async Task An_asset_and_an_upload_are_attached_as_they_are_now()
    {
        var tenant = await api.TenantAsync();
        var asset = (await tenant.Client.UploadedAsync("one"u8.ToArray(), "a.txt", "text/x-own", ("key", "k"))).Text("id");
        using var created = await tenant.Client.PostJsonAsync("/v1/assets/upload-sessions", new { fileName = "b.png" });
        var session = (await created.ReadAsync(201)).At("data");
        using var put = await api.Application.CreateClient().PutAsync(AssetForms.PathOf(session.Text("url")), new ByteArrayContent("picture"u8.ToArray()));

        var id = await SendAsync(tenant, new { assetId = asset, filename = "invoice.txt" },
            new { uploadId = session.Text("upload_session_id"), filename = "b.png", contentId = "pic" });
        await tenant.Client.UploadedAsync("two"u8.ToArray(), fields: ("key", "k"));
        using var deleted = await tenant.Client.DeleteAsync($"/v1/assets/{asset}");

        var attachments = (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{id}")).At("data", "attachments");
        Assert.Equal(("invoice.txt", "text/x-own", 3), (attachments[0].Text("filename"), attachments[0].Text("contentType"), attachments[0].At("size").GetInt32()));
        Assert.Equal(("image/png", "pic", 7), (attachments[1].Text("contentType"), attachments[1].Text("contentId"), attachments[1].At("size").GetInt32()));
        var stored = await api.Application.QueryAsync<string>(
            "select attachments->0->>'sha256' from message_contents where organization_id = $1", tenant.Organization.Value);
        Assert.Equal(AssetForms.Sha256("one"u8.ToArray()), stored);
    }

    [Fact]
    public async Task Bytes_are_kept_until_the_message_is_surely_settled()
    {
        var tenant = await api.TenantAsync();
        var asset = (await tenant.Client.UploadedAsync("one"u8.ToArray())).Text("id");
        await SendAsync(tenant, new { assetId = asset, filename = "a.txt" });

        var kept = await api.Application.QueryAsync<TimeSpan>("select kept_until - now() from blobs where organization_id = $1", tenant.Organization.Value);

        Assert.InRange(kept, TimeSpan.FromHours(71), TimeSpan.FromHours(79));
    }

    [Fact]
    public async Task Unknown_and_other_organizations_files_are_the_same_field_error()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var foreign = (await other.Client.UploadedAsync("theirs"u8.ToArray())).Text("id");
        using var open = await tenant.Client.PostJsonAsync("/v1/assets/upload-sessions", new { });
        var unfinished = (await open.ReadAsync(201)).Text("data", "upload_session_id");

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", Message(tenant,
            new { filename = "ok.txt", content = "aGk=" }, new { assetId = foreign, filename = "a" },
            new { assetId = "ast_00000000000000000000000000", filename = "b" }, new { uploadId = unfinished, filename = "c" }));

        Assert.Equal(["/attachments/1 not_found", "/attachments/2 not_found", "/attachments/3 not_found"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_malformed_or_ambiguous_source_is_refused()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", Message(tenant,
            new { filename = "a", assetId = "../../etc" }, new { filename = "b" }, new { filename = "c", content = "aGk=", assetId = "ast_00000000000000000000000000" }));
        Assert.Equal(["/attachments/0/assetId not_found", "/attachments/1/content required", "/attachments/2 invalid_value"],
            (await response.ReadAsync(400)).FieldErrors());
    }

    private static async Task<string> SendAsync(Tenant tenant, params object[] attachments) => await tenant.SendAsync(Message(tenant, attachments));

    private static object Message(Tenant tenant, params object[] attachments) =>
        new { from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", attachments };
}
