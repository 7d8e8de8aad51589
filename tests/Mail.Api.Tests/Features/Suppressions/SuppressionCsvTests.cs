using System.Text;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Suppressions;

[Collection(ApiCollection.Name)]
public sealed class SuppressionCsvTests(ApiFixture api)
{
    private const string Mail = "/v1/mail/suppressions";
    private const string Account = "/v1/suppressions";

    [Fact]
    public async Task Good_lines_are_taken_and_wrong_ones_told()
    {
        var tenant = await api.TenantAsync();

        var done = (await ImportAsync(tenant, Mail,
            "\uFEFFReason,Email,expiresAt,Note\r\n" +
            "complaint,ada@recipient.test,,\"said, \"\"no\"\"\"\r\n" +
            ",nonsense\r\n" +
            "bored,bob@recipient.test\r\n" +
            "\r\n" +
            "manual,\"eve@recipient.test\",2999-01-01,x\r\n" +
            ",\"open@recipient.test\r\n" +
            ",eve@recipient.test,2001-01-01\r\n" +
            ",last@recipient.test")).At("data");

        Assert.Equal((9, 3, 0, 4), (done.At("lines").GetInt32(), done.At("created").GetInt32(), done.At("existing").GetInt32(), done.At("invalid").GetInt32()));
        Assert.Equal(
            ["3 invalid_email", "4 invalid_value", "7 invalid_value", "8 out_of_range"],
            done.At("errors").EnumerateArray().Select(error => $"{error.At("line").GetInt32()} {error.Text("code")}"));
        Assert.Equal("complaint", (await tenant.Client.GetJsonAsync($"{Mail}?email=ada@recipient.test")).At("data")[0].Text("reason"));
    }

    [Fact]
    public async Task Bare_addresses_need_no_heading()
    {
        var tenant = await api.TenantAsync();
        await ImportAsync(tenant, Account, "ada@recipient.test\n");

        var done = await ImportAsync(tenant, Account, "ada@recipient.test\nbob@recipient.test,unsubscribe\n");

        Assert.Equal((2, 1, 1), (done.At("lines").GetInt32(), done.At("created").GetInt32(), done.At("existing").GetInt32()));
    }

    [Fact]
    public async Task Lines_that_are_too_long_or_no_text_are_passed_over()
    {
        var tenant = await api.TenantAsync();
        byte[] file = [.. Encoding.UTF8.GetBytes(new string('a', 300_000)), (byte)'\n', 0xC3, 0x28, (byte)'\n', 0, (byte)'\n', .. "ada@recipient.test"u8];

        var done = await ImportAsync(tenant, Account, file);

        Assert.Equal((4, 1, 3), (done.At("lines").GetInt32(), done.At("created").GetInt32(), done.At("invalid").GetInt32()));
        Assert.Equal(["invalid_characters", "invalid_characters", "invalid_email"], done.At("errors").EnumerateArray().Select(error => error.Text("code")));
    }

    [Fact]
    public async Task Many_lines_are_taken_in_parts_and_only_the_first_mistakes_are_told()
    {
        var tenant = await api.TenantAsync();

        var done = await ImportAsync(tenant, Account, string.Concat(Enumerable.Range(0, 2600).Select(i => i % 2 == 0 ? $"user{i}@recipient.test\n" : "x\n")));

        Assert.Equal((2600, 1300, 1300), (done.At("lines").GetInt32(), done.At("created").GetInt32(), done.At("invalid").GetInt32()));
        Assert.Equal(100, done.At("errors").GetArrayLength());
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused()
    {
        var tenant = await api.TenantAsync();
        using var content = Csv(new byte[16 * 1024 * 1024 + 1]);

        using var response = await tenant.Client.PostAsync($"{Mail}/import", content);

        Assert.Equal("payload_too_large", (await response.ReadAsync(413)).Text("code"));
    }

    [Fact]
    public async Task Only_csv_is_taken()
    {
        var tenant = await api.TenantAsync();

        using var response = await tenant.Client.PostTextAsync($"{Mail}/import", "ada@recipient.test", "text/plain");

        Assert.Equal("unsupported_media_type", (await response.ReadAsync(415)).Text("code"));
    }

    [Fact]
    public async Task An_export_is_safe_in_spreadsheets_and_comes_back_the_same()
    {
        var tenant = await api.TenantAsync();
        string[] addresses = ["=cmd|x@recipient.test", "+1@recipient.test", "-a@recipient.test", "'=b@recipient.test", "\"a,\\\"b\"@recipient.test", "plain@recipient.test"];
        using var bulk = await tenant.Client.PostJsonAsync($"{Mail}/bulk", new { suppressions = addresses.Select(email => new { email, reason = "blocked" }) });
        Assert.Equal(addresses.Length, (await bulk.ReadAsync(200)).At("data", "created").GetInt32());

        using var response = await tenant.Client.GetAsync($"{Mail}/export");
        var csv = await response.Content.ReadAsStringAsync();
        var other = await api.TenantAsync();
        var done = await ImportAsync(other, Account, csv);
        var listed = await other.Client.GetJsonAsync($"{Account}?reason=blocked");

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.StartsWith("id,email,reason,source,createdAt,expiresAt,messageId\r\nsup_", csv, StringComparison.Ordinal);
        Assert.Contains(",'=cmd|x@recipient.test,", csv, StringComparison.Ordinal);
        Assert.Equal((addresses.Length, 0), (done.At("created").GetInt32(), done.At("invalid").GetInt32()));
        Assert.Equal(addresses.Order(StringComparer.Ordinal), listed.EnumerateArray().Select(item => item.Text("email")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_long_list_is_exported_whole_and_an_empty_one_as_its_headings()
    {
        var tenant = await api.TenantAsync();
        var stranger = await api.TenantAsync();
        await ImportAsync(tenant, Account, string.Concat(Enumerable.Range(0, 2500).Select(i => $"user{i}@recipient.test\n")));

        var lines = (await tenant.Client.GetStringAsync($"{Account}/export")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var empty = await stranger.Client.GetStringAsync($"{Account}/export");

        Assert.Equal(2501, lines.Distinct().Count());
        Assert.Equal("id,email,reason,source,createdAt,expiresAt,messageId\r\n", empty);
    }

    private static Task<JsonElement> ImportAsync(Tenant tenant, string path, string csv) => ImportAsync(tenant, path, Encoding.UTF8.GetBytes(csv));

    private static async Task<JsonElement> ImportAsync(Tenant tenant, string path, byte[] csv)
    {
        using var content = Csv(csv);
        using var response = await tenant.Client.PostAsync($"{path}/import", content);
        return await response.ReadAsync(200);
    }

    private static ByteArrayContent Csv(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("text/csv");
        return content;
    }
}
