using System.Globalization;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Protocol.Addresses;

namespace Mail.Api.Http;

/// <summary>Reads the query parameters of one request and gathers what is wrong with them.</summary>
internal sealed class QueryFields
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;
    private const int MaxTextLength = 998;

    private readonly List<FieldError> _errors = [];

    /// <summary>All that is wrong; null when nothing is. Read it after the last field.</summary>
    public Problem? Problem => _errors.Count == 0 ? null : Problem.Validation(_errors);

    /// <summary>The place to go on from, as the page before named it, and how many rows to answer.</summary>
    public PageRequest<TId> Page<TId>(string? cursor, string? limit, int defaultLimit = DefaultLimit, int maxLimit = MaxLimit)
        where TId : struct, IPrefixedId<TId> =>
        new(Cursor<TId>(cursor), Number("limit", limit, 1, maxLimit) ?? defaultLimit);

    /// <summary>One of the given words.</summary>
    public string? OneOf(string name, string? text, IReadOnlyCollection<string> values)
    {
        if (text is null || values.Contains(text))
            return text;
        return Refuse(name, FieldCodes.InvalidValue, $"{name} must be one of {string.Join(", ", values)}.");
    }

    public TId? Id<TId>(string name, string? text) where TId : struct, IPrefixedId<TId>
    {
        if (text is null)
            return null;
        if (PrefixedId.TryParse<TId>(text, out var id))
            return id;
        Refuse(name, FieldCodes.InvalidValue, $"{name} must be an id that begins with {TId.Prefix}_.");
        return null;
    }

    /// <summary>An e-mail address, as the wire carries it.</summary>
    public EmailAddress? Email(string name, string? text)
    {
        if (text is null)
            return null;
        if (EmailAddress.TryParse(text, out var address, out _))
            return address;
        Refuse(name, FieldCodes.InvalidEmail, $"{name} must be an e-mail address.");
        return null;
    }

    /// <summary>A text on one line.</summary>
    public string? Text(string name, string? text, int maxLength = MaxTextLength)
    {
        if (text is null)
            return null;
        if (LineText.HasControl(text))
            return Refuse(name, FieldCodes.InvalidCharacters, $"{name} must not have control characters.");
        return text.Length <= maxLength ? text : Refuse(name, FieldCodes.TooLong, $"{name} has at most {maxLength} characters.");
    }

    /// <summary>A moment, RFC 3339; a date alone is its first moment in UTC.</summary>
    public DateTimeOffset? Instant(string name, string? text)
    {
        if (text is null)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) && char.IsAsciiDigit(text[0]) && text.Length >= 10)
            return instant;
        Refuse(name, FieldCodes.InvalidValue, $"{name} must be a time such as 2026-05-12T09:00:00Z.");
        return null;
    }

    public bool? Flag(string name, string? text)
    {
        if (text is null)
            return null;
        if (bool.TryParse(text, out var flag))
            return flag;
        Refuse(name, FieldCodes.InvalidValue, $"{name} must be true or false.");
        return null;
    }

    /// <summary>A duration such as <c>10s</c>, not longer than <paramref name="longest"/>.</summary>
    public TimeSpan? Span(string name, string? text, TimeSpan longest)
    {
        if (text is null)
            return null;
        if (Duration.TryParse(text, out var duration) && duration.Value <= longest)
            return duration.Value;
        Refuse(name, FieldCodes.OutOfRange, $"{name} must be a duration of at most {longest.TotalSeconds}s, such as 10s.");
        return null;
    }

    public int? Number(string name, string? text, int least, int most)
    {
        if (text is null)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Refuse(name, FieldCodes.OutOfRange, $"{name} must be a number from {least} to {most}.");
        return null;
    }

    private TId? Cursor<TId>(string? text) where TId : struct, IPrefixedId<TId>
    {
        if (text is null)
            return null;
        if (PrefixedId.TryParse<TId>(text, out var id))
            return id;
        Refuse("cursor", FieldCodes.InvalidValue, "cursor must be the nextCursor of the page before.");
        return null;
    }

    private string? Refuse(string name, string code, string message)
    {
        _errors.Add(new FieldError("?" + name, code, message));
        return null;
    }
}

/// <summary>Which page of a list is asked for: rows beyond an id, newest first.</summary>
/// <param name="After">The last row of the page before; null for the first page.</param>
internal sealed record PageRequest<TId>(TId? After, int Limit) where TId : struct
{
    /// <summary>How many rows to read: the extra one tells whether more follow.</summary>
    public int Fetch => Limit + 1;
}
