using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Suppressions;
using Mail.Protocol.Addresses;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Suppressions;

/// <summary>Many at once: each item stands alone and has a result of its own.</summary>
internal static class BulkSuppressions
{
    private const string Created = "created";
    private const string Existing = "existing";
    private const string Invalid = "invalid";
    private const string Deleted = "deleted";
    private const string NotFound = "not_found";

    public static async Task<Results<Ok<Envelope<BulkSuppressionResponse>>, Problem>> CreateMail(
        Body<BulkSuppressionRequest> body, SuppressionStore suppressions, TimeProvider clock, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(await CreateAsync(body.Value, suppressions, clock, context, cancellationToken));

    public static async Task<Results<Ok<BulkSuppressionResponse>, Problem>> CreateAccount(
        Body<BulkSuppressionRequest> body, SuppressionStore suppressions, TimeProvider clock, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await CreateAsync(body.Value, suppressions, clock, context, cancellationToken));

    public static async Task<Results<Ok<Envelope<BulkDeleteResponse>>, Problem>> DeleteMail(
        Body<BulkDeleteRequest> body, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(await DeleteAsync(body.Value, suppressions, context, cancellationToken));

    public static async Task<Results<Ok<BulkDeleteResponse>, Problem>> DeleteAccount(
        Body<BulkDeleteRequest> body, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await DeleteAsync(body.Value, suppressions, context, cancellationToken));

    private static async Task<BulkSuppressionResponse> CreateAsync(
        BulkSuppressionRequest request, SuppressionStore suppressions, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var results = request.Suppressions!.Select((item, index) => Check(item, index, now)).ToArray();
        var good = results.Where(result => result.Status != Invalid).Select(result => result.Index).ToList();
        var ids = await suppressions.CreateManyAsync(
            context.Caller().Organization, good.ConvertAll(index => SuppressionRules.Read(request.Suppressions![index]!)), cancellationToken);
        foreach (var (index, id) in good.Zip(ids))
            results[index] = results[index] with { Status = id is null ? Existing : Created, Id = id?.ToString() };
        return new BulkSuppressionResponse(
            results.Count(result => result.Status == Created), results.Count(result => result.Status == Existing),
            results.Count(result => result.Status == Invalid), results);
    }

    private static BulkSuppressionResult Check(SuppressionRequest? item, int index, DateTimeOffset now)
    {
        var path = $"/suppressions/{index}";
        if (item is null)
            return new BulkSuppressionResult(index, null, Invalid, null, [new FieldError(path, FieldCodes.InvalidType, "An item must be an object.")]);
        var errors = new List<FieldError>();
        SuppressionRules.Check(item, now, failure => errors.Add(new FieldError(path + failure.PropertyName, failure.ErrorCode, failure.ErrorMessage)));
        return errors.Count == 0
            ? new BulkSuppressionResult(index, item.Email, Existing, null)
            : new BulkSuppressionResult(index, item.Email, Invalid, null, errors);
    }

    private static async Task<BulkDeleteResponse> DeleteAsync(
        BulkDeleteRequest request, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken)
    {
        // What is no id names nothing, like an id that nothing has.
        var ids = (request.Ids ?? []).ConvertAll(text => (Text: text!, Id: PrefixedId.TryParse<SuppressionId>(text!, out var id) ? id : (SuppressionId?)null));
        var emails = (request.Emails ?? []).ConvertAll(text => (Text: text!, Address: EmailAddress.Parse(text!)));
        var lifted = await suppressions.DeleteManyAsync(
            context.Caller().Organization, [.. ids.Select(item => item.Id).OfType<SuppressionId>()], [.. emails.Select(item => item.Address)],
            cancellationToken);
        var (liftedIds, keys) = (lifted.Select(one => one.Id).ToHashSet(), lifted.Select(one => one.Key).ToHashSet());
        BulkDeleteResult[] results =
        [
            .. ids.Select(item => ResultOf(item.Text, item.Id is { } id && liftedIds.Contains(id))),
            .. emails.Select(item => ResultOf(item.Text, keys.Contains(AddressKey.Of(item.Address)))),
        ];
        return new BulkDeleteResponse(lifted.Count, results.Count(result => result.Status == NotFound), results);
    }

    private static BulkDeleteResult ResultOf(string item, bool deleted) => new(item, deleted ? Deleted : NotFound);
}
