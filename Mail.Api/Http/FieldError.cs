using System.Text.Json.Serialization;

namespace Mail.Api.Http;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Path">JSON Pointer (RFC 6901) into the body; empty for the body itself.</param>
public sealed record FieldError(string Path, string Code, string Message)
{
    /// <summary>The line of a template that is wrong, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Column { get; init; }
}

/// <summary>The codes of field errors.</summary>
internal static class FieldCodes
{
    public const string Required = "required";
    public const string UnknownField = "unknown_field";
    public const string InvalidType = "invalid_type";
    public const string InvalidValue = "invalid_value";
    public const string InvalidEmail = "invalid_email";
    public const string InvalidCharacters = "invalid_characters";
    public const string TooLong = "too_long";
    public const string TooMany = "too_many";
    public const string OutOfRange = "out_of_range";
    public const string Reserved = "reserved";
    public const string NotSupported = "not_supported";
    public const string NotFound = "not_found";
}
