using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using FluentValidation;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Http.Json;

/// <summary>
/// A request body read as <typeparamref name="T"/>. What is wrong with it is kept, not thrown: the validation filter of
/// the group answers it together with the field checks, and a handler sees only good ones.
/// </summary>
internal sealed class Body<T> : IBody, IBindableFromHttpContext<Body<T>> where T : class
{
    // Found once: the contexts of the features do not change while the process runs.
    private static JsonTypeInfo<T>? _type;

    private static readonly bool _mayBeAbsent = typeof(T).IsAssignableTo(typeof(IMayBeAbsent));

    private readonly T? _value;
    private readonly Problem? _unreadable;
    private readonly IReadOnlyList<FieldError> _shapeErrors;
    private readonly ReadOnlyMemory<byte> _json;

    private Body(T? value, ReadOnlyMemory<byte> json, IReadOnlyList<FieldError> shapeErrors, Problem? unreadable = null)
    {
        _value = value;
        _json = json;
        _shapeErrors = shapeErrors;
        _unreadable = unreadable;
    }

    public T Value => _value ?? throw new InvalidOperationException("The body was not validated.");

    /// <summary>SHA-256 over the body in canonical form, without the given member.</summary>
    public byte[] CanonicalHash(string without) => CanonicalJson.Hash(_json, without);

    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (_mayBeAbsent && context.Request is { ContentLength: null or 0, ContentType: null })
            return Read("{}"u8.ToArray(), _type ??= (JsonTypeInfo<T>)BodyTypes.Find(context.RequestServices, typeof(T)));
        if (!IsJson(context.Request))
            return Unreadable(new Problem(ProblemKind.UnsupportedMediaType, "Send the body as 'Content-Type: application/json' in UTF-8."));
        var (bytes, refusal) = await BodyBytes.ReadAsync(context);
        if (bytes is null)
            return Unreadable(refusal!);
        return Read(bytes.Memory, TypeIn(context.RequestServices));
    }

    /// <summary>Reads a part of another body as a body of its own: its mistakes are its own too.</summary>
    public static Body<T> OfPart(JsonElement part, IServiceProvider services) =>
        Read(JsonMarshal.GetRawUtf8Value(part).ToArray(), TypeIn(services));

    public Problem? Check(IValidator? validator)
    {
        if (_unreadable is not null)
            return _unreadable;
        var errors = _shapeErrors;
        if (_value is not null && validator is IValidator<T> typed && typed.Validate(_value) is { IsValid: false } result)
            errors = FieldErrors.Merge(errors, result.Errors);
        return errors.Count == 0 ? null : Problem.Validation(errors);
    }

    private static JsonTypeInfo<T> TypeIn(IServiceProvider services) => _type ??= (JsonTypeInfo<T>)BodyTypes.Find(services, typeof(T));

    private static Body<T> Read(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(json.Span, type) is { } value)
                return new Body<T>(value, json, []);
            return Wrong([new FieldError("", FieldCodes.InvalidType, "The body must be an object.")]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ReadWrong(json, type);
        }
    }

    private static Body<T> ReadWrong(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        if (json.IsEmpty)
            return Unreadable(InvalidJson("The body is empty."));
        if (!Utf8.IsValid(json.Span))
            return Unreadable(InvalidJson("The body is not UTF-8."));
        try
        {
            var (errors, rest) = ShapeCheck.Run(json, type);
            return errors is [{ Path: "" }, ..] ? Wrong(errors) : new Body<T>(JsonSerializer.Deserialize(rest.Span, type), json, errors);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return Unreadable(InvalidJson(error is JsonException ? error.Message : "A field name has an unpaired surrogate."));
        }
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));

    private static Body<T> Wrong(IReadOnlyList<FieldError> errors) => new(null, default, errors);

    private static Body<T> Unreadable(Problem problem) => new(null, default, [], problem);

    private static Problem InvalidJson(string detail) => new(ProblemKind.InvalidJson, detail);
}

/// <summary>What the validation filter sees of a <see cref="Body{T}"/>.</summary>
internal interface IBody
{
    /// <summary>Null when the body is good.</summary>
    Problem? Check(IValidator? validator);
}

/// <summary>A request type whose body can be left out; it stands for an empty object then.</summary>
internal interface IMayBeAbsent;
