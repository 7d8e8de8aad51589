using System.Security.Cryptography;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Mail.Api.Tests;

internal sealed class ApiApplication(
    string database, string blobs, string redis = "127.0.0.1:1", IReadOnlyDictionary<string, string>? settings = null, TimeProvider? clock = null) : WebApplicationFactory<Program>
{
    private static int _tenants;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:maildb", database);
        builder.UseSetting("ConnectionStrings:blobs", blobs);
        builder.UseSetting("ConnectionStrings:redis", redis);
        builder.UseSetting("Mail:Secrets:MasterKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("Mail:Shutdown:DrainDelay", "00:00:00");
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            builder.UseSetting(key, value);
        if (clock is not null)
            builder.ConfigureTestServices(services => services.AddSingleton(clock));
    }

    /// <summary>An organization with a verified domain and a live key that may do everything.</summary>
    public async Task<Tenant> TenantAsync()
    {
        var number = Interlocked.Increment(ref _tenants);
        var organization = await Services.GetRequiredService<OrganizationStore>().CreateAsync($"tenant {number}", CancellationToken.None);
        var tenant = new Tenant(this, organization!.Value, $"tenant{number}.test");
        await tenant.AddDomainAsync(tenant.Domain, "verified");
        return tenant with { Client = await tenant.WithKeyAsync([Scopes.FullAccess]) };
    }

    public HttpClient ClientWith(string key)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

internal sealed record Tenant(ApiApplication Application, OrganizationId Organization, string Domain)
{
    private static int _keys;

    public HttpClient Client { get; init; } = null!;

    public string Sender => $"hello@{Domain}";

    public async Task<HttpClient> WithKeyAsync(IEnumerable<string> scopes, SendingMode mode = SendingMode.Live) =>
        Application.ClientWith((await KeyAsync(scopes, mode)).Reveal());

    public async Task<ApiKeyText> KeyAsync(IEnumerable<string> scopes, SendingMode mode = SendingMode.Live)
    {
        var key = ApiKeyText.Generate(mode);
        var name = $"key {Interlocked.Increment(ref _keys)}";
        Assert.True(await Application.Services.GetRequiredService<ApiKeyStore>().CreateAsync(Organization, name, key, scopes, CancellationToken.None));
        return key;
    }

    public Task AddDomainAsync(string name, string status) => Application.ExecuteAsync(
        "insert into domains (organization_id, id, name, status, verified_at) values ($1, $2, $3, $4, now())",
        Organization.Value, PrefixedId.New<DomainId>(TimeProvider.System).Value, name, status);

    /// <summary>The smallest body that is accepted.</summary>
    public object Message(string subject = "Hello", string to = "ada@recipient.test") => new { from = Sender, to, subject, text = "Hi." };

    public async Task<string> SendAsync(object? message = null)
    {
        using var response = await Client.PostJsonAsync("/v1/mail/send", message ?? Message());
        var body = await response.ReadAsync(202);
        return body.Text("data", "id");
    }
}
