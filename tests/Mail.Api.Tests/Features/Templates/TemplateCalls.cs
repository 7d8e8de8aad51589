using System.Net.Http.Json;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Templates;

internal static class TemplateCalls
{
    public static async Task<JsonElement> CreateTemplateAsync(
        this Tenant tenant, string slug = "welcome", string subject = "Hi {{name}}", string html = "<p>Hi {{name}}</p>", string? text = null)
    {
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/templates", new { name = "Welcome", slug, subject, html, text });
        return (await response.ReadAsync(201)).At("data");
    }

    public static async Task<JsonElement> PostAsync(this Tenant tenant, string path, object body, int status)
    {
        using var response = await tenant.Client.PostJsonAsync(path, body);
        return await response.ReadAsync(status);
    }

    public static async Task<JsonElement> PatchAsync(this Tenant tenant, string path, object body, int status = 200)
    {
        using var response = await tenant.Client.PatchAsync(path, JsonContent.Create(body));
        return await response.ReadAsync(status);
    }

    public static async Task<JsonElement> PutAsync(this Tenant tenant, string path, object body, int status = 200)
    {
        using var response = await tenant.Client.PutAsync(path, JsonContent.Create(body));
        return await response.ReadAsync(status);
    }

    public static object Use(this Tenant tenant, string template, object? data = null, string to = "ada@recipient.test") =>
        new { template, from = tenant.Sender, to, data };

    public static async Task<JsonElement> ContentOfAsync(this Tenant tenant, string message) =>
        (await tenant.Client.GetJsonAsync($"/v1/mail/messages/{message}?include=content")).At("data");

    public static Task<string> EventsOfAsync(this Tenant tenant, string template) => tenant.Application.QueryAsync<string>(
        """
        select coalesce(string_agg(type || coalesce(' ' || (data->>'versionNumber'), ''), ', ' order by id), '') from events
        where organization_id = $1 and resource_type = 'template' and data->>'slug' = $2
        """, tenant.Organization.Value, template);
}
