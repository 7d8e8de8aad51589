using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Suppressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Suppressions;

internal static class WriteSuppressions
{
    public static async Task<Results<Created<Envelope<SuppressionResponse>>, Problem>> CreateMail(
        Body<SuppressionRequest> body, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        await CreateAsync(body.Value, suppressions, context, cancellationToken) is { } created
            ? Envelope.Created($"/v1/mail/suppressions/{created.Id}", "Suppression created", created)
            : Conflict(body.Value);

    public static async Task<Results<Created<SuppressionResponse>, Problem>> CreateAccount(
        Body<SuppressionRequest> body, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        await CreateAsync(body.Value, suppressions, context, cancellationToken) is { } created
            ? TypedResults.Created($"/v1/suppressions/{created.Id}", created)
            : Conflict(body.Value);

    public static async Task<Results<NoContent, Problem>> Delete(
        string id, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<SuppressionId>(id, out var suppression)
        && await suppressions.DeleteAsync(context.Caller().Organization, suppression, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound("suppression");

    private static async Task<SuppressionResponse?> CreateAsync(
        SuppressionRequest request, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        await suppressions.CreateAsync(context.Caller().Organization, SuppressionRules.Read(request), cancellationToken) is { } created
            ? SuppressionResponse.Of(created)
            : null;

    private static Problem Conflict(SuppressionRequest request) => new(ProblemKind.Conflict, $"'{request.Email}' is suppressed already.");
}
