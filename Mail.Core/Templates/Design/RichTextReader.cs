using System.Globalization;
using System.Text.Json;

namespace Mail.Core.Templates.Design;

/// <summary>Reads rich text: a plain string, or an array of runs.</summary>
internal sealed class RichTextReader(DesignPalette palette, string language)
{
    private const int MaxRuns = 500;
    private static readonly RichStyle Plain = new(false, false, false, false, null, null);
    private static readonly string[] Members =
        ["text", "variable", "default", "format", "pattern", "decimals", "timezone", "break", "bold", "italic", "underline", "strike", "link", "color"];

    /// <param name="repeats">How many repeats stand around it.</param>
    public RichText Read(DesignFields holder, string name, int repeats, bool isRequired = true)
    {
        if (holder.Find(name) is not { } value)
        {
            if (isRequired)
                holder.Fail(name, "required", $"{name} is required.");
            return new RichText([]);
        }
        return Read(value, holder.PathOf(name), holder, repeats);
    }

    public RichText Read(JsonElement value, string path, DesignFields holder, int repeats)
    {
        if (value.ValueKind == JsonValueKind.String)
            return holder.TextAt(value, path) is { } text ? new RichText([new TextRun(text, Plain)]) : new RichText([]);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxRuns)
        {
            holder.FailAt(path, "invalid_type", $"This must be a string, or an array of at most {MaxRuns} runs.");
            return new RichText([]);
        }
        var runs = new List<RichRun>();
        foreach (var item in value.EnumerateArray())
        {
            if (ReadRun(new DesignFields(item, string.Create(CultureInfo.InvariantCulture, $"{path}/{runs.Count}"), holder.Errors, Members), repeats) is not { } run)
                return new RichText(runs);
            runs.Add(run);
        }
        return new RichText(runs);
    }

    private RichRun? ReadRun(DesignFields run, int repeats)
    {
        if (run.Flag("break"))
            return new BreakRun();
        var style = StyleOf(run, repeats);
        if (run.Text("variable") is { } path)
        {
            if (!DesignTemplates.IsPath(path))
                run.Fail("variable", "invalid_value", "variable must be a path such as order.total.");
            else if (TagOf(run, path) is { } tag && DesignTemplates.ProblemOf(tag, repeats) is { } problem)
                run.Fail("variable", "template_error", problem);
            else
                return new VariableRun(TagOf(run, path), style);
            return null;
        }
        if (run.Text("text") is { } text)
            return new TextRun(text, style);
        if (!run.Has("text") && !run.Has("variable"))
            run.Fail("", "required", "A run has text, variable or break.");
        return null;
    }

    private RichStyle StyleOf(DesignFields run, int repeats)
    {
        var style = new RichStyle(
            run.Flag("bold"), run.Flag("italic"), run.Flag("underline"), run.Flag("strike"), DesignReader.ReadLink(run, "link", repeats, isRequired: false),
            run.Has("color") ? run.Color("color", palette, "text") : null);
        return style == Plain ? Plain : style;
    }

    private string TagOf(DesignFields run, string path)
    {
        var value = run.Text("default") is { } other ? $"default {path} {DesignTemplates.Quote(other)}" : path;
        var argument = value == path ? path : $"({value})";
        var locale = language.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "" : $" locale={DesignTemplates.Quote(language)}";
        return run.OneOf("format", "", "number", "date", "upper", "lower") switch
        {
            "number" => $"{{{{formatNumber {argument} {run.Number("decimals", 2, 0, 10)}{locale}}}}}",
            "date" => $"{{{{formatDate {argument} {DesignTemplates.Quote(run.Text("pattern") ?? "d MMMM yyyy")}{ZoneOf(run)}{locale}}}}}",
            "upper" => $"{{{{upper {argument}}}}}",
            "lower" => $"{{{{lower {argument}}}}}",
            _ => $"{{{{{value}}}}}",
        };
    }

    private static string ZoneOf(DesignFields run) => run.Text("timezone") is { } zone ? $" timezone={DesignTemplates.Quote(zone)}" : "";
}
