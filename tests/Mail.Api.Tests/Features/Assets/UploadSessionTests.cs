using System.Security.Cryptography;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Assets;

[Collection(ApiCollection.Name)]
public sealed class UploadSessionTests(ApiFixture api)
{
    private readonly HttpClient _anybody = api.Application.CreateClient();

    [Theory]
    [InlineData("upload-sessions")]
    [InlineData("upload-url")]
    public async Task One_put_makes_the_asset(string route)
    {
        var tenant = await api.TenantAsync();
        var content = RandomNumberGenerator.GetBytes(5_000);
        var session = await CreateAsync(tenant, new { bucket = "b", key = "k", fileName = "a.bin", fileSize = 5_000, expiresIn = "900s" }, route);
        Assert.Equal("PUT", session.Text("method"));

        using var put = await PutAsync(session.Text("url"), content, AssetForms.Sha256(content));

        var asset = (await put.ReadAsync(201)).At("data");
        Assert.Equal(("b", "k", 5_000), (asset.Text("bucket"), asset.Text("key"), asset.At("size").GetInt64()));
        var after = (await tenant.Client.GetJsonAsync($"/v1/assets/upload-sessions/{session.Text("upload_session_id")}")).At("data");
        Assert.Equal(("completed", asset.Text("id")), (after.Text("status"), after.Text("asset_id")));
        using var complete = await tenant.Client.PostAsync($"/v1/assets/upload-sessions/{session.Text("upload_session_id")}/complete", null);
        Assert.Equal(asset.Text("id"), (await complete.ReadAsync(201)).Text("data", "id"));
        using var again = await PutAsync(session.Text("url"), content);
        await again.ReadAsync(409);
    }

    [Fact]
    public async Task Parts_come_in_any_order_and_again_and_are_put_together()
    {
        var tenant = await api.TenantAsync();
        byte[][] parts = [RandomNumberGenerator.GetBytes(6_000_000), RandomNumberGenerator.GetBytes(1_000), RandomNumberGenerator.GetBytes(10)];
        var session = await CreateAsync(tenant, new { mode = "chunked", fileName = "big.bin" });
        var (id, url) = (session.Text("upload_session_id"), session.Text("url"));
        using (var wrong = await PutAsync($"{url}/parts/2", parts[2]))
            await wrong.ReadAsync(200);
        foreach (var number in new[] { 3, 1, 2 })
        {
            using var put = await PutAsync($"{url}/parts/{number}", parts[number - 1], AssetForms.Sha256(parts[number - 1]));
            await put.ReadAsync(200);
        }

        var received = (await tenant.Client.GetJsonAsync($"/v1/assets/upload-sessions/{id}")).At("data", "parts");
        Assert.Equal([1, 2, 3], received.EnumerateArray().Select(part => part.At("part_number").GetInt32()));
        var completions = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var complete = await tenant.Client.PostAsync($"/v1/assets/upload-sessions/{id}/complete", null);
            return (await complete.ReadAsync(201)).At("data");
        }));

        Assert.Single(completions.Select(asset => asset.Text("id")).Distinct());
        Assert.Equal(AssetForms.Sha256([.. parts.SelectMany(part => part)]), completions[0].Text("checksum_sha256"));
        Assert.Equal(1, await api.Application.QueryAsync<long>("select count(*) from blobs where organization_id = $1", tenant.Organization.Value));
    }

    [Fact]
    public async Task A_part_that_is_missing_is_named()
    {
        var tenant = await api.TenantAsync();
        var session = await CreateAsync(tenant, new { mode = "chunked" });
        using var put = await PutAsync($"{session.Text("url")}/parts/2", [1]);
        using var complete = await tenant.Client.PostAsync($"/v1/assets/upload-sessions/{session.Text("session_id")}/complete", null);
        Assert.Contains("Part 1 is missing", (await complete.ReadAsync(409)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_what_was_announced_are_refused()
    {
        var tenant = await api.TenantAsync();
        var session = await CreateAsync(tenant, new { fileSize = 10, maxBytes = 12 });
        var url = session.Text("url");

        using var checksum = await PutAsync(url, new byte[10], new string('0', 64));
        Assert.Contains(AssetForms.Sha256(new byte[10]), (await checksum.ReadAsync(400)).Text("detail"), StringComparison.Ordinal);
        using var malformed = await PutAsync(url, new byte[10], "abc");
        await malformed.ReadAsync(400);
        using var shorter = await PutAsync(url, new byte[9]);
        await shorter.ReadAsync(400);
        using var longer = await PutAsync(url, new byte[13]);
        await longer.ReadAsync(413);
        Assert.Equal(0, await api.Application.QueryAsync<long>("select count(*) from assets where organization_id = $1", tenant.Organization.Value));
        using var right = await PutAsync(url, new byte[10]);
        await right.ReadAsync(201);
    }

    [Fact]
    public async Task A_canceled_or_expired_session_takes_nothing()
    {
        var tenant = await api.TenantAsync();
        var canceled = await CreateAsync(tenant, new { mode = "chunked" });
        using (await PutAsync($"{canceled.Text("url")}/parts/1", [1]))
        using (var cancel = await tenant.Client.DeleteAsync($"/v1/assets/upload-sessions/{canceled.Text("session_id")}"))
            Assert.Equal(204, (int)cancel.StatusCode);
        using var late = await PutAsync($"{canceled.Text("url")}/parts/2", [1]);
        await late.ReadAsync(409);
        Assert.Equal(0, await api.Application.QueryAsync<long>("select count(*) from upload_parts where organization_id = $1", tenant.Organization.Value));

        var expired = await CreateAsync(tenant, new { });
        await api.Application.ExecuteAsync("update upload_sessions set expires_at = now() where organization_id = $1", tenant.Organization.Value);
        using var over = await PutAsync(expired.Text("url"), [1]);
        await over.ReadAsync(409);
        var read = await tenant.Client.GetJsonAsync($"/v1/assets/upload-sessions/{expired.Text("session_id")}");
        Assert.Equal("expired", read.Text("data", "status"));
    }

    [Theory]
    [InlineData("/uploads/AAAA")]
    [InlineData("/uploads/AAAA/parts/1")]
    [InlineData("/uploads/%20")]
    public async Task An_address_that_we_did_not_sign_is_not_there(string path)
    {
        using var response = await _anybody.PutAsync(path, new ByteArrayContent([1]));
        await response.ReadAsync(404);
    }

    [Fact]
    public async Task All_wrong_fields_are_told()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/assets/upload-sessions", new
        {
            mode = "triple", bucket = "A", key = "", visibility = "x", fileName = "a\nb", mimeType = "nothing", fileSize = -1, maxBytes = 0,
            expiresIn = "1s", size = 4,
        });
        Assert.Equal(
            [
                "/bucket invalid_value", "/expiresIn out_of_range", "/fileName invalid_value", "/fileSize out_of_range", "/key invalid_value",
                "/maxBytes out_of_range", "/mimeType invalid_value", "/mode invalid_value", "/size unknown_field", "/visibility invalid_value",
            ], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task Another_organizations_session_is_not_there()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = (await CreateAsync(tenant, new { })).Text("session_id");
        await other.Client.GetJsonAsync($"/v1/assets/upload-sessions/{id}", 404);
        using var deleted = await other.Client.DeleteAsync($"/v1/assets/upload-sessions/{id}");
        await deleted.ReadAsync(404);
        using var complete = await other.Client.PostAsync($"/v1/assets/upload-sessions/{id}/complete", null);
        await complete.ReadAsync(404);
    }

    private static async Task<JsonElement> CreateAsync(Tenant tenant, object body, string route = "upload-sessions")
    {
        using var response = await tenant.Client.PostJsonAsync($"/v1/assets/{route}", body);
        return (await response.ReadAsync(201)).At("data");
    }

    private Task<HttpResponseMessage> PutAsync(string url, byte[] content, string? sha256 = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, AssetForms.PathOf(url)) { Content = new ByteArrayContent(content) };
        if (sha256 is not null)
            request.Headers.Add("X-Content-SHA256", sha256);
        return _anybody.SendAsync(request);
    }
}
