using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Http;

/// <summary>A success on the Mail surface.</summary>
public sealed record Envelope<T>(
    bool Success, string Status, [property: JsonPropertyName("status_code")] int StatusCode, string Message, T Data);

/// <summary>A page of a list on the Mail surface.</summary>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null after the last one.</param>
public sealed record ListEnvelope<T>(
    bool Success, string Status, [property: JsonPropertyName("status_code")] int StatusCode, string Message, IReadOnlyList<T> Data,
    string? NextCursor, bool HasMore);

internal static class Envelope
{
    private const string Success = "success";

    public static Ok<Envelope<T>> Ok<T>(T data) => TypedResults.Ok(Of(StatusCodes.Status200OK, "OK", data));

    public static Created<Envelope<T>> Created<T>(string location, string message, T data) =>
        TypedResults.Created(location, Of(StatusCodes.Status201Created, message, data));

    public static Accepted<Envelope<T>> Accepted<T>(string location, string message, T data) =>
        TypedResults.Accepted(location, Of(StatusCodes.Status202Accepted, message, data));

    public static Ok<ListEnvelope<T>> List<T>(IReadOnlyList<T> data, string? nextCursor = null) =>
        TypedResults.Ok(new ListEnvelope<T>(true, Success, StatusCodes.Status200OK, "OK", data, nextCursor, nextCursor is not null));

    private static Envelope<T> Of<T>(int status, string message, T data) => new(true, Success, status, message, data);
}
