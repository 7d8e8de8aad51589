using System.Text.Json.Nodes;

namespace Mail.Api.Tests.Features.Messages;

[Collection(ApiCollection.Name)]
public sealed class SendValidationTests(ApiFixture api)
{
    [Fact]
    public async Task An_empty_object_lists_all_that_is_needed()
    {
        Assert.Equal(["/from required", "/html required", "/subject required", "/to required"], (await RefuseAsync("{}")).FieldErrors());
    }

    [Fact]
    public async Task Wrong_types_unknown_fields_and_bad_values_are_listed_together()
    {
        var problem = await RefuseAsync("""
            {"from":5,"to":["ok@recipient.test","nope",7,{"mail":"x"},{"email":1}],"subjct":"Hi","text":false,
             "headers":{"From":"x","X-A":5,"x y":"z"},"attachments":[{"content":"%%"},{"filename":"a","content":"","contentID":"b"}],
             "expiresIn":10,"metadata":{"a":{}}}
            """);

        Assert.Equal(
        [
            "/attachments/0/content invalid_type", "/attachments/0/filename required", "/attachments/1/contentID unknown_field",
            "/expiresIn invalid_type", "/from invalid_type", "/headers/From reserved", "/headers/X-A invalid_type",
            "/headers/x y invalid_value", "/metadata/a invalid_type", "/subjct unknown_field", "/subject required",
            "/text invalid_type", "/to/1 invalid_email", "/to/2 invalid_type", "/to/3/mail unknown_field", "/to/4/email invalid_type",
        ], problem.FieldErrors());
    }

    [Theory]
    [InlineData("subjct", "subject")]
    [InlineData("Subject", "subject")]
    [InlineData("reply_to", "replyTo")]
    [InlineData("texts", "text")]
    [InlineData("idempotency_key", "idempotencyKey")]
    public async Task An_unknown_field_names_the_nearest_known_one(string unknown, string nearest)
    {
        var problem = await RefuseAsync($$"""{"{{unknown}}":"x"}""");

        var error = problem.At("errors").EnumerateArray().Single(item => item.Text("code") == "unknown_field");
        Assert.Equal($"/{unknown}", error.Text("path"));
        Assert.EndsWith($"'{nearest}'.", error.Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expiresIn", "\"29s\"", "out_of_range")]
    [InlineData("expiresIn", "\"8d\"", "out_of_range")]
    [InlineData("expiresIn", "\"10 m\"", "invalid_type")]
    [InlineData("expiresIn", "\"999999999999d\"", "invalid_type")]
    [InlineData("idempotencyKey", "\"\"", "invalid_value")]
    [InlineData("subject", "\"\"", "required")]
    [InlineData("to", "[]", "required")]
    [InlineData("replyTo", "\"nope\"", "invalid_email")]
    [InlineData("tags", "5", "invalid_type")]
    [InlineData("tls", "\"enforced\"", "invalid_value")]
    [InlineData("tls", "true", "invalid_type")]
    public async Task A_value_out_of_its_range_is_refused(string field, string value, string code)
    {
        Assert.Equal([$"/{field} {code}"], (await RefuseAsync(With(field, value))).FieldErrors());
    }

    [Theory]
    [InlineData("""[{"filename":"a","assetId":"x"}]""", "/attachments/0/assetId not_found")]
    [InlineData("""[{"filename":"a"}]""", "/attachments/0/content required")]
    [InlineData("""[{"filename":"a","content":"","contentType":"nonsense"}]""", "/attachments/0/contentType invalid_value")]
    [InlineData("""[{"filename":"a","content":"","contentId":"<x>"}]""", "/attachments/0/contentId invalid_value")]
    [InlineData("[null]", "/attachments/0 invalid_type")]
    public async Task A_bad_attachment_is_refused(string attachments, string error)
    {
        Assert.Equal([error], (await RefuseAsync(With("attachments", attachments))).FieldErrors());
    }

    [Fact]
    public async Task Limits_are_checked()
    {
        var addresses = new JsonArray([.. Enumerable.Range(0, 30).Select(i => JsonValue.Create($"a{i}@recipient.test"))]);
        var body = Base();
        body["to"] = addresses.DeepClone();
        body["cc"] = addresses.DeepClone();
        body["subject"] = new string('s', 999);
        body["idempotencyKey"] = new string('k', 257);
        body["metadata"] = new JsonObject(Enumerable.Range(0, 51).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)"v")));
        body["tags"] = new JsonObject { [new string('t', 65)] = new string('v', 257) };
        body["attachments"] = new JsonArray([.. Enumerable.Range(0, 101).Select(_ => new JsonObject { ["filename"] = "a", ["content"] = "" })]);

        Assert.Equal(
        [
            "/attachments too_many", "/idempotencyKey invalid_value", "/metadata too_many", "/subject too_long",
            $"/tags/{new string('t', 64)}… too_long", $"/tags/{new string('t', 64)}… too_long", "/to too_many",
        ], (await RefuseAsync(body.ToJsonString())).FieldErrors());
    }

    [Fact]
    public async Task A_thousand_wrong_addresses_do_not_make_a_thousand_fold_answer()
    {
        var problem = await RefuseAsync(With("to", "[" + string.Join(',', Enumerable.Repeat("1", 50_000)) + "]"));

        Assert.True(problem.At("errors").GetArrayLength() <= 100);
    }

    [Fact]
    public async Task A_message_too_large_after_encoding_is_413()
    {
        var tenant = await api.TenantAsync();
        var content = Convert.ToBase64String(new byte[31_000_000]);

        using var response = await tenant.Client.PostTextAsync("/v1/mail/send", $$"""
            {"from":"{{tenant.Sender}}","to":"a@recipient.test","subject":"s","text":"t","attachments":[{"filename":"a","content":"{{content}}"}]}
            """);

        Assert.Equal("payload_too_large", (await response.ReadAsync(413)).Text("code"));
    }

    private static JsonObject Base() =>
        new() { ["from"] = "hello@sender.test", ["to"] = "ada@recipient.test", ["subject"] = "s", ["text"] = "t" };

    private static string With(string field, string value)
    {
        var body = Base();
        body[field] = JsonNode.Parse(value);
        return body.ToJsonString();
    }

    private async Task<System.Text.Json.JsonElement> RefuseAsync(string json)
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostTextAsync("/v1/mail/send", json);
        var problem = await response.ReadAsync(400);
        Assert.Equal("validation_error", problem.Text("code"));
        return problem;
    }
}
