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
        builder.Services.AddSingleton<IValidator<UpdateDomainRequest>, UpdateDomainValidator>();
    }

    public static void MapDomains(this RouteGroupBuilder mail)
    {
        var domains = mail.MapGroup("/domains");
        domains.MapPost("", DomainWrites.CreateMail).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.create", "Adds a sending domain; the answer has the DNS records to publish.", ProblemKind.Conflict);
        domains.MapGet("", DomainReads.ListMail).RequireScope(Scopes.DomainsRead)
            .Describe("mail.domains.list", "Lists sending domains.");
        domains.MapGet("/{id}", DomainReads.GetMail).RequireScope(Scopes.DomainsRead)
            .Describe("mail.domains.get", "Reads a domain with its DNS records and what was found of each.");
        domains.MapPatch("/{id}", DomainWrites.Update).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.update", "Changes the settings of a domain.");
        domains.MapDelete("/{id}", DomainWrites.Delete).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.delete", "Deletes a domain; its DNS is left alone.");
        domains.MapPost("/{id}/verify", VerifyDomain.Mail).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.verify", "Looks at the DNS records now.");
        domains.MapPost("/{id}/rotate-dkim", DomainWrites.Rotate).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.rotateDkim", "Makes a new DKIM key on the other selector.", ProblemKind.Conflict);
        domains.MapPost("/{id}/claim", DomainWrites.Claim).RequireScope(Scopes.DomainsWrite)
            .Describe("mail.domains.claim", "Takes over a domain that another organization has, by a DNS proof.", ProblemKind.Conflict);
    }

    public static void MapAccountDomains(this RouteGroupBuilder account)
    {
        var domains = account.MapGroup("/domains");
        domains.MapPost("", DomainWrites.CreateAccount).RequireScope(Scopes.DomainsWrite)
            .Describe("domains.create", "Adds a sending domain; the answer has the DNS records to publish.", ProblemKind.Conflict);
        domains.MapGet("", DomainReads.ListAccount).RequireScope(Scopes.DomainsRead)
            .Describe("domains.list", "Lists sending domains.");
        domains.MapGet("/{id}", DomainReads.GetAccount).RequireScope(Scopes.DomainsRead)
            .Describe("domains.get", "Reads a domain with its DNS records.");
        domains.MapDelete("/{id}", DomainWrites.Delete).RequireScope(Scopes.DomainsWrite)
            .Describe("domains.delete", "Deletes a domain; its DNS is left alone.");
        domains.MapPost("/{id}/verify", VerifyDomain.Account).RequireScope(Scopes.DomainsWrite)
            .Describe("domains.verify", "Looks at the DNS records now.");
        domains.MapGet("/{id}/blocklist", DomainReads.Blocklist).RequireScope(Scopes.DomainsRead)
            .Describe("domains.blocklist", "Looks a domain up in public blocklists.");
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
