using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Domains;

namespace Mail.Api.Features.Domains;

/// <summary>Sending domains, on both surfaces.</summary>
internal static class DomainsEndpoints
{
    public static void AddDomains(this WebApplicationBuilder builder)
    {
        builder.AddDomainOperations();
        builder.Services.AddBodies(DomainsJson.Default);
        builder.Services.AddSingleton<IValidator<CreateDomainRequest>, CreateDomainValidator>();
    }

    public static void MapDomains(this RouteGroupBuilder mail)
    {
        var domains = mail.MapGroup("/domains");
        domains.MapPost("", DomainWrites.CreateMail).RequireScope(Scopes.DomainsWrite);
        domains.MapGet("", DomainReads.ListMail).RequireScope(Scopes.DomainsRead);
        domains.MapGet("/{id}", DomainReads.GetMail).RequireScope(Scopes.DomainsRead);
        domains.MapPatch("/{id}", DomainWrites.Update).RequireScope(Scopes.DomainsWrite);
        domains.MapDelete("/{id}", DomainWrites.Delete).RequireScope(Scopes.DomainsWrite);
        domains.MapPost("/{id}/verify", VerifyDomain.Mail).RequireScope(Scopes.DomainsWrite);
        domains.MapPost("/{id}/rotate-dkim", DomainWrites.Rotate).RequireScope(Scopes.DomainsWrite);
        domains.MapPost("/{id}/claim", DomainWrites.Claim).RequireScope(Scopes.DomainsWrite);
    }

    public static void MapAccountDomains(this RouteGroupBuilder account)
    {
        var domains = account.MapGroup("/domains");
        domains.MapPost("", DomainWrites.CreateAccount).RequireScope(Scopes.DomainsWrite);
        domains.MapGet("", DomainReads.ListAccount).RequireScope(Scopes.DomainsRead);
        domains.MapGet("/{id}", DomainReads.GetAccount).RequireScope(Scopes.DomainsRead);
        domains.MapDelete("/{id}", DomainWrites.Delete).RequireScope(Scopes.DomainsWrite);
        domains.MapPost("/{id}/verify", VerifyDomain.Account).RequireScope(Scopes.DomainsWrite);
        domains.MapGet("/{id}/blocklist", DomainReads.Blocklist).RequireScope(Scopes.DomainsRead);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(CreateDomainRequest))]
[JsonSerializable(typeof(UpdateDomainRequest))]
[JsonSerializable(typeof(Envelope<DomainResponse>))]
[JsonSerializable(typeof(ListEnvelope<DomainResponse>))]
[JsonSerializable(typeof(AccountDomainResponse))]
[JsonSerializable(typeof(IReadOnlyList<AccountDomainResponse>))]
[JsonSerializable(typeof(VerifiedDomainResponse))]
[JsonSerializable(typeof(BlocklistResponse))]
internal sealed partial class DomainsJson : JsonSerializerContext;
