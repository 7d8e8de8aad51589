using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Http;

/// <summary>Answers a page of a list in the form of each surface. The cursor is the id of the last row shown.</summary>
internal static class Pages
{
    /// <param name="rows">Up to <see cref="PageRequest{TId}.Fetch"/> rows.</param>
    public static Ok<ListEnvelope<TRow>> Mail<TItem, TRow, TId>(
        IReadOnlyList<TItem> rows, PageRequest<TId> page, Func<TItem, TRow> map, Func<TItem, TId> id) where TId : struct =>
        Envelope.List([.. rows.Take(page.Limit).Select(map)], NextOf(rows, page, id));

    /// <summary>A bare array; the address of the next page is in <c>Link</c> (RFC 8288).</summary>
    public static Ok<IReadOnlyList<TRow>> Account<TItem, TRow, TId>(
        HttpContext context, IReadOnlyList<TItem> rows, PageRequest<TId> page, Func<TItem, TRow> map, Func<TItem, TId> id) where TId : struct
    {
        if (NextOf(rows, page, id) is { } next)
        {
            var query = new QueryBuilder(context.Request.Query
                .Where(field => field.Key != "cursor").SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? "")))
            {
                { "cursor", next },
            };
            context.Response.Headers.Link = $"<{context.Request.PathBase}{context.Request.Path}{query}>; rel=\"next\"";
        }
        return TypedResults.Ok<IReadOnlyList<TRow>>([.. rows.Take(page.Limit).Select(map)]);
    }

    private static string? NextOf<TItem, TId>(IReadOnlyList<TItem> rows, PageRequest<TId> page, Func<TItem, TId> id) where TId : struct =>
        rows.Count > page.Limit ? id(rows[page.Limit - 1]).ToString() : null;
}
