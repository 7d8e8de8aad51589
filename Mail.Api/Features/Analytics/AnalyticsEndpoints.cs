using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Analytics;
using Mail.Core.ApiKeys;

namespace Mail.Api.Features.Analytics;

internal static class AnalyticsEndpoints
{
    public static void AddAnalyticsEndpoints(this WebApplicationBuilder builder) => builder.Services.AddBodies(AnalyticsJson.Default);

    public static void MapAnalytics(this RouteGroupBuilder mail) => mail
        .MapGet("/analytics", Read).RequireScope(Scopes.AnalyticsRead).Produces<Envelope<AnalyticsResponse>>()
        .Describe("mail.analytics.get", "Counts what became of messages, by period and group; as CSV on request.");

    // KnownQuery takes the names of the string parameters for those of the query.
    private static async Task<IResult> Read(
        string? from, string? to, string? interval, string? domain, string? template, string? tag, string? groupBy, string? timezone, string? format,
        AnalyticsStore analytics, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new AnalyticsFields(clock);
        var query = fields.Read(from, to, interval, domain, template, tag, groupBy, timezone);
        var csv = fields.IsCsv(format, context.Request);
        if (fields.Problem is { } problem)
            return problem;
        var result = await analytics.ReadAsync(context.Caller().Organization, query!, cancellationToken);
        if (result.Cells.Count > AnalyticsFields.MaxRows)
            return Problem.Validation("?interval", FieldCodes.OutOfRange, $"That is more than {AnalyticsFields.MaxRows} rows; ask for a shorter time or a longer interval.");
        if (csv)
            return AnalyticsCsv.Of(query!, result);
        // A message with three tags is in three groups: only what is not grouped by them adds up.
        var whole = query!.GroupBy == AnalyticsGroup.Tag
            ? await analytics.ReadAsync(context.Caller().Organization, query with { GroupBy = null }, cancellationToken)
            : result;
        return Envelope.Ok(AnalyticsResponse.Of(query, result, whole));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Envelope<AnalyticsResponse>))]
internal sealed partial class AnalyticsJson : JsonSerializerContext;
