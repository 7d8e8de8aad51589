using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Api.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Mail.Api.Http;

/// <summary>A refusal as a result: RFC 9457 problem details, with the members that clients of the envelope read.</summary>
internal sealed class Problem(ProblemKind kind, string detail) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/problem+json";
    private static readonly ApiJson Json = new(new JsonSerializerOptions(ApiJson.Default.Options!) { Encoder = ApiJson.Encoder });

    public ProblemKind Kind => kind;

    public string Detail => detail;

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What to publish in DNS so that the same request is no longer refused.</summary>
    public ProofRecord? Proof { get; init; }

    public static Problem Validation(IReadOnlyList<FieldError> errors) =>
        new(ProblemKind.ValidationError, errors.Count == 1 ? errors[0].Message : $"{errors.Count} fields are not valid; see errors.")
        {
            Errors = errors,
        };

    public static Problem Validation(string path, string code, string message) => Validation([new FieldError(path, code, message)]);

    /// <summary>The same problem of a part of the body: its paths begin at the given one.</summary>
    public Problem Below(string path) =>
        new(kind, detail) { RetryAfter = RetryAfter, Errors = [.. Errors.Select(error => error with { Path = path + error.Path })] };

    public static Problem NotFound(string what) => new(ProblemKind.NotFound, $"There is no such {what}.");

    public static Problem Unavailable(string detail) => new(ProblemKind.Unavailable, detail) { RetryAfter = TimeSpan.FromSeconds(1) };

    public async Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusOn(Surfaces.Of(context));
        response.ContentType = ContentType;
        if (kind == ProblemKind.Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var body = Write(context, response.StatusCode);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ProblemBody), [ContentType]));

    // The Account surface knows no 422.
    private int StatusOn(Surface? surface) =>
        surface == Surface.Account && kind.Status == StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status400BadRequest : kind.Status;

    private byte[] Write(HttpContext context, int status) => JsonSerializer.SerializeToUtf8Bytes(
        new ProblemBody(
            ErrorPages.AddressOf(context, kind.Code), kind.Title, status, detail, context.Request.Path.Value ?? "/", kind.Code, Errors,
            "req_" + RequestTrace.IdOf(context), Success: false, detail, new ProblemSummary(kind.Code, detail), Proof),
        Json.ProblemBody);
}

/// <summary>The body of every refusal.</summary>
public sealed record ProblemBody(
    string Type, string Title, int Status, string Detail, string Instance, string Code, IReadOnlyList<FieldError> Errors,
    string RequestId, bool Success, string Message, ProblemSummary Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProofRecord? Proof = null);

public sealed record ProblemSummary(string Code, string Message);

/// <summary>A DNS record that proves who controls a domain.</summary>
public sealed record ProofRecord(string Type, string Name, string Value);
