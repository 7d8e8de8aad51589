using Mail.Api.Http;
using Mail.Core.Analytics;
using Mail.Core.Templates;

namespace Mail.Api.Features.Analytics;

/// <summary>The query parameters of analytics, within bounds.</summary>
internal sealed class AnalyticsFields(TimeProvider clock)
{
    /// <summary>Of groups and periods in one answer.</summary>
    public const int MaxRows = 10_000;

    private const int MaxPoints = 1_000;
    private const int MaxTag = 321;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(800);
    private static readonly string[] _intervals = ["hour", "day", "week", "month"];
    private static readonly string[] _groups = ["domain", "template", "tag", "provider"];

    private readonly QueryFields _fields = new();
    private readonly List<FieldError> _own = [];

    public Problem? Problem => (_fields.Problem, _own) switch
    {
        (null, []) => null,
        (null, var own) => Problem.Validation(own),
        (var read, var own) => Problem.Validation([.. read.Errors, .. own]),
    };

    /// <summary>Null when something is wrong with it.</summary>
    public AnalyticsQuery? Read(
        string? from, string? to, string? interval, string? domain, string? template, string? tag, string? groupBy, string? timezone)
    {
        var now = clock.GetUtcNow();
        var end = _fields.Instant("to", to) ?? now;
        var start = _fields.Instant("from", from) ?? end - DefaultRange;
        var unit = _fields.OneOf("interval", interval, _intervals) ?? (end - start <= TimeSpan.FromDays(2) ? "hour" : "day");
        var group = _fields.OneOf("groupBy", groupBy, _groups);
        var templateId = _fields.Id<TemplateId>("template", template);
        var sender = _fields.Text("domain", domain, 253)?.ToLowerInvariant();
        var label = _fields.Text("tag", tag, MaxTag);
        var zone = ReadZone(timezone);
        CheckRange(start, end, unit);
        return Problem is not null ? null : new AnalyticsQuery(
            start, end, Enum.Parse<AnalyticsInterval>(unit, ignoreCase: true), zone, sender, templateId, label,
            group is null ? null : Enum.Parse<AnalyticsGroup>(group, ignoreCase: true));
    }

    /// <summary>Asked for by <c>format=csv</c> or by <c>Accept: text/csv</c>.</summary>
    public bool IsCsv(string? format, HttpRequest request) =>
        _fields.OneOf("format", format, ["json", "csv"]) is { } asked
            ? asked == "csv"
            : request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase));

    // IANA names only: PostgreSQL would take more, such as "EST5EDT4", and so would Windows.
    private string ReadZone(string? text)
    {
        if (text is null or "UTC")
            return "UTC";
        if (text.Length <= 64 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '-' or '+')
            && text.Contains('/', StringComparison.Ordinal) && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) && zone.HasIanaId)
            return text;
        _own.Add(new FieldError("?timezone", FieldCodes.InvalidValue, "timezone must be an IANA name such as Europe/Vienna."));
        return "UTC";
    }

    private void CheckRange(DateTimeOffset start, DateTimeOffset end, string unit)
    {
        if (start >= end)
            _own.Add(new FieldError("?from", FieldCodes.OutOfRange, "from must be before to."));
        else if (end - start > LongestRange)
            _own.Add(new FieldError("?from", FieldCodes.OutOfRange, $"At most {LongestRange.TotalDays} days can be asked for at once."));
        else if (unit == "hour" && (end - start).TotalHours > MaxPoints)
            _own.Add(new FieldError("?interval", FieldCodes.OutOfRange, $"At most {MaxPoints} hours can be asked for at once."));
    }
}
