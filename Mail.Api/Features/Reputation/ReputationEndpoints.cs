using System.Globalization;
using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Reputation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Reputation;

/// <summary>What bounces and complaints say of the organization and its domains.</summary>
internal static class ReputationEndpoints
{
    public static void AddReputation(this IServiceCollection services) => services.AddBodies(ReputationJson.Default);

    public static void MapReputation(this RouteGroupBuilder mail)
    {
        mail.MapGet("/reputation", Read).RequireScope(Scopes.EmailsRead)
            .Describe("mail.reputation.get", "Reads the reputation of the organization and of its domains.");
        mail.MapGet("/reputation/events", Events).RequireScope(Scopes.EmailsRead)
            .Describe("mail.reputation.events", "Lists changes of reputation, newest first.");
    }

    private static async Task<Ok<Envelope<ReputationResponse>>> Read(
        ReputationStore reputation, IOptions<ReputationOptions> options, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(ReputationResponse.Of(await reputation.ListAsync(context.Caller().Organization, cancellationToken), options.Value));

    private static async Task<Results<Ok<ListEnvelope<ReputationEventResponse>>, Problem>> Events(
        string? severity, string? cursor, string? limit, ReputationStore reputation, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<ReputationEventId>(cursor, limit);
        var wanted = fields.OneOf("severity", severity, ReputationTexts.Severities);
        if (fields.Problem is { } problem)
            return problem;
        var rows = await reputation.EventsAsync(context.Caller().Organization, wanted, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, ReputationEventResponse.Of, row => row.Id);
    }
}

/// <param name="Domains">Those that sent within the window.</param>
public sealed record ReputationResponse(WorkspaceReputation Workspace, IReadOnlyList<DomainReputation> Domains)
{
    internal static ReputationResponse Of(List<SenderReputation> senders, ReputationOptions options)
    {
        var window = string.Create(CultureInfo.InvariantCulture, $"{options.Window.TotalHours:0.##}h");
        var whole = senders.Find(sender => sender.Domain is null)
            ?? new SenderReputation(null, ReputationStatus.Healthy.ToText(), 100, 0, 0, 0, default);
        var (bounceRate, complaintRate) = Rates(whole);
        return new ReputationResponse(
            new WorkspaceReputation(whole.Score, whole.Status, bounceRate, complaintRate, window, whole.Sent),
            [.. senders.Where(sender => sender.Domain is not null).Select(DomainOf)]);
    }

    private static DomainReputation DomainOf(SenderReputation sender)
    {
        var (bounceRate, complaintRate) = Rates(sender);
        return new DomainReputation(sender.Domain!, sender.Score, sender.Status, bounceRate, complaintRate, sender.Sent);
    }

    private static (double, double) Rates(SenderReputation sender)
    {
        var verdict = ReputationVerdict.Of(sender.Sent, sender.HardBounced, sender.Complained, 1);
        return (verdict.BounceRate, verdict.ComplaintRate);
    }
}

/// <param name="Score">100 is faultless, 0 is what stops a sender.</param>
/// <param name="Status"><c>healthy</c>, <c>watch</c>, <c>throttled</c> or <c>disabled</c>.</param>
/// <param name="BounceRate">Hard bounces of those sent to, 0 to 1.</param>
/// <param name="Window">The time that counts, such as <c>168h</c>.</param>
/// <param name="Sent">Recipients whose server answered for good.</param>
public sealed record WorkspaceReputation(int Score, string Status, double BounceRate, double ComplaintRate, string Window, long Sent);

public sealed record DomainReputation(string Domain, int Score, string Status, double BounceRate, double ComplaintRate, long Sent);

/// <param name="Domain">Null for the whole organization.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
public sealed record ReputationEventResponse(
    string Id, string? Domain, string Severity, string Previous, string Status, int Score, double BounceRate, double ComplaintRate,
    DateTimeOffset CreatedAt)
{
    internal static ReputationEventResponse Of(ReputationChange change) => new(
        change.Id.ToString(), change.Domain, change.Severity, change.Previous, change.Status, change.Score, change.BounceRate,
        change.ComplaintRate, change.CreatedAt);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(Envelope<ReputationResponse>))]
[JsonSerializable(typeof(ListEnvelope<ReputationEventResponse>))]
internal sealed partial class ReputationJson : JsonSerializerContext;
