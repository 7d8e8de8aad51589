using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Mail.Core.ApiKeys;

namespace Mail.Api.Tests.Features.Assets;

[Collection(ApiCollection.Name)]
public sealed class ReadAssetsTests(ApiFixture api)
{
    [Fact]
    public async Task The_list_is_newest_first_in_pages_and_filtered()
    {
        var tenant = await api.TenantAsync();
        for (var i = 0; i < 5; i++)
            await tenant.Client.UploadedAsync([(byte)i], fields: [("bucket", i == 0 ? "other" : "docs"), ("key", i < 3 ? $"a_/{i}" : $"ab/{i}")]);

        var first = await tenant.Client.GetJsonAsync("/v1/assets?bucket=docs&limit=3");
        var second = await tenant.Client.GetJsonAsync($"/v1/assets?bucket=docs&limit=3&cursor={first.Text("next_cursor")}");
        var underscored = await tenant.Client.GetJsonAsync("/v1/assets?prefix=a_");

        Assert.Equal(["ab/4", "ab/3", "a_/2"], first.At("data").EnumerateArray().Select(row => row.Text("key")));
        Assert.True(first.At("has_more").GetBoolean());
        Assert.Equal(["a_/1"], second.At("data").EnumerateArray().Select(row => row.Text("key")));
        Assert.False(second.At("has_more").GetBoolean());
        Assert.Equal(3, underscored.At("data").GetArrayLength());
    }

    [Fact]
    public async Task Wrong_list_parameters_are_all_told()
    {
        var tenant = await api.TenantAsync();
        var problem = await tenant.Client.GetJsonAsync("/v1/assets?limit=0&cursor=nope&bucket=%01", 400);
        Assert.Equal(["?bucket invalid_characters", "?cursor invalid_value", "?limit out_of_range"], problem.FieldErrors());
    }

    [Fact]
    public async Task Another_organizations_asset_is_not_there()
    {
        var (tenant, other) = (await api.TenantAsync(), await api.TenantAsync());
        var id = (await tenant.Client.UploadedAsync("x"u8.ToArray())).Text("id");

        await other.Client.GetJsonAsync($"/v1/assets/{id}", 404);
        await other.Client.GetJsonAsync($"/v1/assets/{id}/content", 404);
        using var signed = await other.Client.PostJsonAsync($"/v1/assets/{id}/signed-url", new { });
        await signed.ReadAsync(404);
        using var deleted = await other.Client.DeleteAsync($"/v1/assets/{id}");
        await deleted.ReadAsync(404);
        await tenant.Client.GetJsonAsync($"/v1/assets/{id}");
    }

    [Fact]
    public async Task A_delete_with_an_old_revision_is_refused()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync("one"u8.ToArray(), fields: ("key", "k"))).Text("id");
        await tenant.Client.UploadedAsync("two"u8.ToArray(), fields: ("key", "k"));

        Assert.Equal(412, await DeleteAsync(tenant, id, "\"1\""));
        Assert.Equal(400, await DeleteAsync(tenant, id, "1"));
        Assert.Equal(204, await DeleteAsync(tenant, id, "\"2\""));
        Assert.Equal(404, await DeleteAsync(tenant, id, null));
    }

    [Fact]
    public async Task Reading_needs_the_scope_to_read()
    {
        var tenant = await api.TenantAsync();
        var client = await tenant.WithKeyAsync([Scopes.EmailsSend]);
        Assert.Contains("emails:read", (await client.GetJsonAsync("/v1/assets", 403)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_address_works_without_a_key_until_its_downloads_are_used_up()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync("secret"u8.ToArray())).Text("id");
        using var signed = await tenant.Client.PostJsonAsync($"/v1/assets/{id}/signed-url", new { expires_in = "10m", max_downloads = 2 });
        var path = AssetForms.PathOf((await signed.ReadAsync(200)).Text("data", "url"));
        using var anybody = api.Application.CreateClient();

        Assert.Equal("secret", await anybody.GetStringAsync(path));
        using var head = await anybody.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(6, head.Content.Headers.ContentLength);
        Assert.Equal("secret", await anybody.GetStringAsync(path));
        await anybody.GetJsonAsync(path, 404);
    }

    [Fact]
    public async Task A_signed_address_that_was_altered_is_not_there()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync("secret"u8.ToArray())).Text("id");
        using var signed = await tenant.Client.PostJsonAsync($"/v1/assets/{id}/signed-url", new { expiresIn = "10m" });
        var path = AssetForms.PathOf((await signed.ReadAsync(200)).Text("data", "url"));
        using var anybody = api.Application.CreateClient();

        foreach (var wrong in new[] { path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), path + "A", path[..20], "/files/%20", "/files/" + new string('A', 4000) })
            await anybody.GetJsonAsync(wrong, 404);
    }

    [Theory]
    [InlineData("""{"expires_in":"60d"}""", "/expires_in out_of_range")]
    [InlineData("""{"expiresIn":"0s"}""", "/expiresIn out_of_range")]
    [InlineData("""{"max_downloads":0}""", "/max_downloads out_of_range")]
    [InlineData("""{"expires":"60s"}""", "/expires unknown_field")]
    public async Task A_signed_address_has_bounds(string body, string error)
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync("x"u8.ToArray())).Text("id");
        using var response = await tenant.Client.PostTextAsync($"/v1/assets/{id}/signed-url", body);
        Assert.Equal([error], (await response.ReadAsync(400)).FieldErrors());
    }

    [Fact]
    public async Task A_public_asset_is_read_by_its_address_until_it_is_private()
    {
        var tenant = await api.TenantAsync();
        var asset = await tenant.Client.UploadedAsync("open"u8.ToArray(), fields: [("key", "k"), ("visibility", "public"), ("cacheControl", "public, max-age=60")]);
        var path = AssetForms.PathOf(asset.Text("url"));
        using var anybody = api.Application.CreateClient();

        using var response = await anybody.GetAsync(path);
        Assert.Equal("open", await response.Content.ReadAsStringAsync());
        Assert.Equal(TimeSpan.FromSeconds(60), response.Headers.CacheControl!.MaxAge);
        await tenant.Client.UploadedAsync("open"u8.ToArray(), fields: [("key", "k")]);
        await anybody.GetJsonAsync(path, 404);
    }

    [Theory]
    [InlineData("page.html", "text/html", "attachment")]
    [InlineData("a.svg", "image/svg+xml", "attachment")]
    [InlineData("a.png", "image/png", "inline")]
    public async Task A_file_cannot_run_as_ours(string name, string type, string disposition)
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync("<script>1</script>"u8.ToArray(), name, type)).Text("id");

        using var response = await tenant.Client.GetAsync($"/v1/assets/{id}/content");

        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(disposition, response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)]
    [InlineData("bytes=90-", 206, 90, 10)]
    [InlineData("bytes=-5", 206, 95, 5)]
    [InlineData("bytes=95-1000", 206, 95, 5)]
    [InlineData("bytes=-1000", 206, 0, 100)]
    [InlineData("bytes=0-1,5-6", 200, 0, 100)]
    [InlineData("lines=1-2", 200, 0, 100)]
    public async Task A_range_is_what_was_asked_for(string range, int status, int offset, int length)
    {
        var tenant = await api.TenantAsync();
        var content = RandomNumberGenerator.GetBytes(100);
        var id = (await tenant.Client.UploadedAsync(content)).Text("id");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/assets/{id}/content");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var response = await tenant.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(content[offset..(offset + length)], await response.Content.ReadAsByteArrayAsync());
        if (status == 206)
            Assert.Equal($"bytes {offset}-{offset + length - 1}/100", response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_range_beyond_the_end_and_an_unchanged_file_have_no_body()
    {
        var tenant = await api.TenantAsync();
        var id = (await tenant.Client.UploadedAsync(new byte[100])).Text("id");
        using var beyond = new HttpRequestMessage(HttpMethod.Get, $"/v1/assets/{id}/content") { Headers = { Range = new RangeHeaderValue(100, 200) } };
        using var refused = await tenant.Client.SendAsync(beyond);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
        Assert.Equal("bytes */100", refused.Content.Headers.ContentRange!.ToString());

        using var known = new HttpRequestMessage(HttpMethod.Get, $"/v1/assets/{id}/content");
        known.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{AssetForms.Sha256(new byte[100])}\""));
        using var unchanged = await tenant.Client.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    private static async Task<int> DeleteAsync(Tenant tenant, string id, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/v1/assets/{id}");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await tenant.Client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
