using System.Net.Http.Headers;
using System.Security.Cryptography;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Assets;

[Collection(ApiCollection.Name)]
public sealed class UploadTests(ApiFixture api)
{
    [Theory]
    [InlineData("/v1/assets")]
    [InlineData("/api/v1/assets")]
    public async Task An_uploaded_file_is_an_asset(string path)
    {
        var tenant = await api.TenantAsync();
        var content = RandomNumberGenerator.GetBytes(70_000);

        using var response = await tenant.Client.PostAsync(path + "/upload", AssetForms.Of(content, "Rechnung Ä.pdf", "application/pdf",
            ("bucket", "invoices"), ("key", "2026/r1.pdf"), ("metadata", """{"order":"12"}""")));

        var body = await response.ReadAsync(201);
        Assert.True(body.At("success").GetBoolean());
        Assert.Equal(201, body.At("status_code").GetInt32());
        var asset = body.At("data");
        Assert.StartsWith("ast_", asset.Text("id"), StringComparison.Ordinal);
        Assert.Equal(("invoices", "2026/r1.pdf", "Rechnung Ä.pdf", "application/pdf"),
            (asset.Text("bucket"), asset.Text("key"), asset.Text("original_name"), asset.Text("mime_type")));
        Assert.Equal((70_000, 1, 1), (asset.At("size").GetInt64(), asset.At("generation").GetInt64(), asset.At("revision").GetInt64()));
        Assert.Equal(AssetForms.Sha256(content), asset.Text("checksum_sha256"));
        Assert.Equal(("private", "ready", "complete", "12"),
            (asset.Text("visibility"), asset.Text("status"), asset.Text("replication_status"), asset.Text("metadata", "order")));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, asset.At("url").ValueKind);
        var read = await tenant.Client.GetByteArrayAsync($"{path}/{asset.Text("id")}/content");
        Assert.Equal(content, read);
    }

    [Fact]
    public async Task Fields_may_follow_the_file()
    {
        var tenant = await api.TenantAsync();
        var form = AssetForms.Of("hello"u8.ToArray());
        form.Add(new StringContent("later/hello.txt"), "key");

        using var response = await tenant.Client.UploadAsync(form);

        Assert.Equal("later/hello.txt", (await response.ReadAsync(201)).Text("data", "key"));
    }

    [Fact]
    public async Task The_same_bucket_and_key_get_new_content()
    {
        var tenant = await api.TenantAsync();
        var first = await tenant.Client.UploadedAsync("one"u8.ToArray(), fields: ("key", "k"));
        var second = await tenant.Client.UploadedAsync("two"u8.ToArray(), fields: ("key", "k"));
        var same = await tenant.Client.UploadedAsync("two"u8.ToArray(), fields: ("key", "k"));

        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.Equal((2, 2), (second.At("generation").GetInt32(), second.At("revision").GetInt32()));
        Assert.Equal((2, 3), (same.At("generation").GetInt32(), same.At("revision").GetInt32()));
        Assert.Equal("two", await tenant.Client.GetStringAsync($"/v1/assets/{first.Text("id")}/content"));
    }

    [Fact]
    public async Task Equal_bytes_are_stored_once_for_an_organization_and_apart_for_another()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var content = RandomNumberGenerator.GetBytes(1000);
        await tenant.Client.UploadedAsync(content, fields: ("key", "a"));
        await tenant.Client.UploadedAsync(content, fields: ("key", "b"));
        await other.Client.UploadedAsync(content);

        var names = await api.Application.QueryAsync<long>("select count(distinct name) from blobs where sha256 = $1", SHA256.HashData(content));
        Assert.Equal(2, names);
    }

    [Fact]
    public async Task All_wrong_fields_are_told_and_nothing_is_kept()
    {
        var tenant = await api.TenantAsync();
        var content = RandomNumberGenerator.GetBytes(100);
        using var response = await tenant.Client.UploadAsync(AssetForms.Of(content, "a.txt", "text/plain",
            ("bucket", "Not A Bucket"), ("key", "a\u0001b"), ("visibility", "secret"), ("cacheControl", "?"), ("metadata", "[1]"), ("colour", "red"),
            ("checksumSha256", new string('0', 64))));

        var problem = await response.ReadAsync(400);
        Assert.Equal(
            [
                "/bucket invalid_value", "/cacheControl invalid_value", "/checksumSha256 invalid_value", "/colour unknown_field",
                "/key invalid_value", "/metadata invalid_value", "/visibility invalid_value",
            ], problem.FieldErrors());
        Assert.Equal(0, await api.Application.QueryAsync<long>("select count(*) from blobs where sha256 = $1", SHA256.HashData(content)));
        Assert.True(await api.Application.QueryAsync<long>(
            "select count(*) from blob_trash where starts_with(name, $1) and delete_at <= now()", tenant.Organization.ToString()) == 1);
    }

    [Fact]
    public async Task A_form_without_a_file_is_refused()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.UploadAsync(new MultipartFormDataContent { { new StringContent("k"), "key" } });
        Assert.Equal(["/file required"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Theory]
    [InlineData("no boundary at all", "multipart/form-data; boundary=x")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut off", "multipart/form-data; boundary=x")]
    [InlineData("--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n", "multipart/form-data; boundary=x")]
    public async Task A_malformed_form_is_refused(string body, string type)
    {
        var tenant = await api.TenantAsync();
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await tenant.Client.UploadAsync(content);
        Assert.Equal("invalid_request", (await response.ReadAsync(400)).Text("code"));
    }

    [Fact]
    public async Task Anything_but_a_form_is_refused()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.UploadAsync(new StringContent("{}", null, "application/json"));
        Assert.Equal("unsupported_media_type", (await response.ReadAsync(415)).Text("code"));
    }

    [Fact]
    public async Task A_path_in_a_file_name_is_dropped_and_line_breaks_are_refused()
    {
        var tenant = await api.TenantAsync();
        var asset = await tenant.Client.UploadedAsync("x"u8.ToArray(), @"C:\secret\..\a.txt");
        Assert.Equal("a.txt", asset.Text("original_name"));

        using var response = await tenant.Client.UploadAsync(AssetForms.Of("x"u8.ToArray(), fields: ("fileName", "a\r\nX: y")));
        Assert.Equal(["/fileName invalid_value"], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task The_same_key_and_form_answer_the_same_asset()
    {
        var tenant = await api.TenantAsync();
        using var first = await tenant.Client.UploadAsync(AssetForms.Of("x"u8.ToArray()), "up-1");
        using var second = await tenant.Client.UploadAsync(AssetForms.Of("x"u8.ToArray()), "up-1");
        using var other = await tenant.Client.UploadAsync(AssetForms.Of("y"u8.ToArray()), "up-1");

        Assert.Equal((await first.ReadAsync(201)).Text("data", "id"), (await second.ReadAsync(201)).Text("data", "id"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal("idempotency_conflict", (await other.ReadAsync(409)).Text("code"));
    }

    [Fact]
    public async Task Requests_with_one_key_at_the_same_moment_make_one_asset()
    {
        var tenant = await api.TenantAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await tenant.Client.UploadAsync(AssetForms.Of("together"u8.ToArray()), "up-2");
            return (await response.ReadAsync(201)).Text("data", "id");
        }));
        Assert.Single(answers.Distinct());
        Assert.Equal(1, await api.Application.QueryAsync<long>("select count(*) from assets where organization_id = $1", tenant.Organization.Value));
    }

    [Fact]
    public async Task Uploading_needs_the_scope_to_send()
    {
        var tenant = await api.TenantAsync();
        var client = await tenant.WithKeyAsync([Scopes.EmailsRead]);
        using var response = await client.UploadAsync(AssetForms.Of("x"u8.ToArray()));
        Assert.Contains("emails:send", (await response.ReadAsync(403)).Text("detail"), StringComparison.Ordinal);
    }
}
