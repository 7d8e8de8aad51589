using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Http;

/// <summary>A success on the Mail surface.</summary>
public sealed record Envelope<T>(
    bool Success, string Status, [property: JsonPropertyName("status_code")] int StatusCode, string Message, T Data);

internal static class Envelope
{
    public static Ok<Envelope<T>> Ok<T>(T data) => TypedResults.Ok(Of(StatusCodes.Status200OK, "OK", data));

    public static Accepted<Envelope<T>> Accepted<T>(string location, string message, T data) =>
        TypedResults.Accepted(location, Of(StatusCodes.Status202Accepted, message, data));

    private static Envelope<T> Of<T>(int status, string message, T data) => new(true, "success", status, message, data);
}
