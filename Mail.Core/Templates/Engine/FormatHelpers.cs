using System.Globalization;
using System.Text.RegularExpressions;

namespace Mail.Core.Templates.Engine;

/// <summary><c>formatDate</c> and <c>formatNumber</c>.</summary>
internal static partial class FormatHelpers
{
    private const string DefaultPattern = "d MMMM yyyy";
    private const int MaxDecimals = 10;

    private static readonly string[] DateForms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK"];

    public static TemplateValue Date(CallExpression call, RenderState state)
    {
        var value = call.Arguments[0].Evaluate(state);
        if (value.IsNothing)
            return TemplateValue.Missing;
        if (ReadDate(value) is not { } date)
            return Fail(call, state, "formatDate needs a date such as \"2026-05-12\" or \"2026-05-12T09:00:00Z\", or seconds since 1970.");
        if (call.FindNamed("timezone")?.Evaluate(state) is { IsNothing: false } zone)
        {
            if (FindZone(zone.ToText()) is not { } found)
                return Fail(call, state, "formatDate needs a time zone such as \"Europe/Berlin\".");
            date = TimeZoneInfo.ConvertTime(date, found);
        }
        var pattern = call.Arguments.Length > 1 ? call.Arguments[1].Evaluate(state).ToText() : DefaultPattern;
        return DatePattern.Format(date, pattern, LocaleOf(call, state)) is { } text
            ? TemplateValue.Of(text)
            : Fail(call, state, $"formatDate has an unknown letter in its pattern; known are {DatePattern.Known}; other text stands in 'quotes'.");
    }

    public static TemplateValue Number(CallExpression call, RenderState state)
    {
        var value = call.Arguments[0].Evaluate(state);
        if (value.IsNothing)
            return TemplateValue.Missing;
        if (ReadNumber(value) is not { } number)
            return Fail(call, state, "formatNumber needs a number.");
        var decimals = call.Arguments.Length > 1 ? call.Arguments[1].Evaluate(state) : TemplateValue.Missing;
        if (!decimals.IsNothing && decimals is not { Kind: ValueKind.Number, Number: >= 0 and <= MaxDecimals })
            return Fail(call, state, $"formatNumber takes 0 to {MaxDecimals} decimals.");
        var locale = LocaleOf(call, state);
        var form = new NumberFormatInfo { NumberGroupSeparator = locale.Group, NumberDecimalSeparator = locale.Point, NumberNegativePattern = 1 };
        // Halves are rounded away from zero, as on a bill, not to the even digit.
        var text = decimals.IsNothing
            ? number.ToString("#,##0.##########", form)
            : Math.Round(number, (int)decimals.Number, MidpointRounding.AwayFromZero).ToString("N" + (int)decimals.Number, form);
        return TemplateValue.Of(text);
    }

    private static decimal? ReadNumber(TemplateValue value)
    {
        if (value.Kind == ValueKind.Number && value.TryGetDecimal(out var exact))
            return exact;
        return value.Kind == ValueKind.Text && decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) ? read : null;
    }

    private static DateTimeOffset? ReadDate(TemplateValue value)
    {
        if (value.Kind == ValueKind.Number)
        {
            return value.Number is >= -62_135_596_800 and <= 253_402_300_799
                ? DateTimeOffset.FromUnixTimeSeconds((long)value.Number)
                : null;
        }
        return value.Kind == ValueKind.Text && DateTimeOffset.TryParseExact(
            value.Text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
    }

    // The name becomes a file name in the time zone database: only what names a zone may reach it.
    private static TimeZoneInfo? FindZone(string name) =>
        ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private static TemplateLocale LocaleOf(CallExpression call, RenderState state) =>
        TemplateLocale.Find(call.FindNamed("locale")?.Evaluate(state).ToText());

    private static TemplateValue Fail(CallExpression call, RenderState state, string message)
    {
        state.Fail(call.Position, message);
        return TemplateValue.Missing;
    }

    [GeneratedRegex("^[A-Za-z]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$")]
    private static partial Regex ZoneName();
}
