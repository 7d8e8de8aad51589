using System.Globalization;
using System.Text.Json;

namespace Mail.Core.Templates.Design;

/// <summary>Reads one block of a document by its type.</summary>
internal sealed class BlockReader(DesignReader document, RichTextReader texts)
{
    private const int MaxHtml = 100_000;
    private const int MaxRows = 200;
    private static readonly string[] _inColumns =
        ["heading", "text", "list", "button", "image", "divider", "spacer", "social", "table", "html", "footer", "repeat", "condition"];

    private DesignPalette Palette => document.Settings.Light;

    public DesignBlock? Read(JsonElement block, string path, List<DesignError> errors, Place place)
    {
        var type = block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String
            ? named.GetString()! : "";
        string[] allowed = place.IsInColumn ? _inColumns : ["section", "repeat", "condition"];
        if (!allowed.Contains(type))
        {
            if (errors.Count < DesignFields.MaxErrors)
                errors.Add(new DesignError(path + "/type", "invalid_value", $"type must here be one of {string.Join(", ", allowed)}."));
            return null;
        }
        return type switch
        {
            "section" => ReadSection(Fields("children", "background", "padding")),
            "heading" => ReadHeading(Fields("content", "level", "align", "color"), place),
            "text" => ReadText(Fields("content", "align", "color", "size"), place),
            "list" => ReadList(Fields("items", "numbered", "color", "size"), place),
            "button" => ReadButton(Fields("label", "href", "align", "background", "color", "width", "radius"), place),
            "image" => ReadImage(Fields("src", "alt", "width", "href", "align"), place),
            "divider" => ReadDivider(Fields("color", "thickness")),
            "spacer" => new SpacerBlock(Fields("height").Number("height", 24, 4, 200)),
            "social" => ReadSocial(Fields("links", "align"), place),
            "table" => ReadTable(Fields("columns", "each", "cells", "rows", "totals"), place),
            "html" => ReadHtml(Fields("html", "text"), place),
            "footer" => ReadFooter(Fields("content", "unsubscribe", "align"), place),
            "repeat" => ReadRepeat(Fields("each", "children"), place),
            _ => ReadCondition(Fields("variable", "operator", "value", "children", "else"), place),
        };

        DesignFields Fields(params string[] names) => new(block, path, errors, [.. names, "type"]);

        SectionBlock ReadSection(DesignFields fields)
        {
            var columns = ReadColumns(fields, place, errors);
            return new SectionBlock(columns, fields.Color("background", Palette, "surface"), fields.Number("padding", 24, 0, 80));
        }
    }

    private List<ColumnBlock> ReadColumns(DesignFields section, Place place, List<DesignError> errors)
    {
        var items = section.Items("children", 1, 4);
        var columns = new List<ColumnBlock>();
        for (var i = 0; i < items.Count; i++)
        {
            if (document.TakeColumn(items[i], section.PathOf("children", i), section) is not var (column, path))
                continue;
            var fields = new DesignFields(column, path, errors, "type", "children", "width", "verticalAlign");
            if (fields.Text("type", isRequired: true) is { } type && type != "column")
                fields.Fail("type", "invalid_value", "The children of a section are of type column.");
            columns.Add(new ColumnBlock(
                document.ReadChildren(fields, "children", place with { IsInColumn = true }, least: 0),
                fields.Number("width", 100 / items.Count, 10, 100), fields.OneOf("verticalAlign", "top", "top", "middle", "bottom")));
        }
        if (columns.Count > 1 && columns.Sum(column => column.Width) > 100)
            section.Fail("children", "out_of_range", "The widths of the columns add up to more than 100.");
        return columns;
    }

    private HeadingBlock ReadHeading(DesignFields fields, Place place) => new(
        texts.Read(fields, "content", place.Repeats), fields.Number("level", 1, 1, 3), fields.Align(), fields.Color("color", Palette, "text"));

    private TextBlock ReadText(DesignFields fields, Place place) => new(
        texts.Read(fields, "content", place.Repeats), fields.Align(), fields.Color("color", Palette, "text"), fields.Number("size", 16, 10, 32));

    private ListBlock ReadList(DesignFields fields, Place place)
    {
        var items = fields.Items("items", 1, MaxRows);
        return new ListBlock(
            [.. items.Select((item, index) => texts.Read(item, fields.PathOf("items", index), fields, place.Repeats))],
            fields.Flag("numbered"), fields.Color("color", Palette, "text"), fields.Number("size", 16, 10, 32));
    }

    private ButtonBlock ReadButton(DesignFields fields, Place place) => new(
        Template(fields, "label", place, isRequired: true, 200) ?? "", DesignReader.ReadLink(fields, "href", place.Repeats, isRequired: true) ?? "",
        fields.Align(), fields.Color("background", Palette, "button"), fields.Color("color", Palette, "buttonText"),
        fields.Number("width", 220, 60, 600), fields.Number("radius", 6, 0, 30));

    private static ImageBlock ReadImage(DesignFields fields, Place place)
    {
        if (!fields.Has("alt"))
            fields.Fail("alt", "required", "alt is required: what the image shows; empty for an ornament.");
        return new ImageBlock(
            DesignReader.ReadLink(fields, "src", place.Repeats, isRequired: true) ?? "", Template(fields, "alt", place, isRequired: false, 500) ?? "",
            fields.Has("width") ? fields.Number("width", 600, 8, 900) : null, DesignReader.ReadLink(fields, "href", place.Repeats, isRequired: false), fields.Align("center"));
    }

    private DividerBlock ReadDivider(DesignFields fields) => new(fields.Color("color", Palette, "border"), fields.Number("thickness", 1, 1, 20));

    private static SocialBlock ReadSocial(DesignFields fields, Place place)
    {
        var items = fields.Items("links", 1, 12);
        return new SocialBlock(
            [.. items.Select((item, index) => ReadSocialLink(new DesignFields(item, fields.PathOf("links", index), fields.Errors, "label", "href", "icon"), place))],
            fields.Align("center"));
    }

    private static SocialLink ReadSocialLink(DesignFields fields, Place place) => new(
        Template(fields, "label", place, isRequired: true, 100) ?? "", DesignReader.ReadLink(fields, "href", place.Repeats, isRequired: true) ?? "",
        DesignReader.ReadLink(fields, "icon", place.Repeats, isRequired: false));

    private TableBlock ReadTable(DesignFields fields, Place place)
    {
        var columns = fields.Items("columns", 1, 8).Select((item, index) => new DesignFields(item, fields.PathOf("columns", index), fields.Errors, "title", "align"))
            .Select(column => new TableColumn(Template(column, "title", place, isRequired: true, 200) ?? "", column.Align())).ToList();
        var each = ReadPath(fields, "each", place, isRequired: false);
        if (fields.Has("each") == fields.Has("rows"))
            fields.Fail("each", "required", "A table has either each, with the cells of one item, or rows.");
        IReadOnlyList<IReadOnlyList<RichText>> rows = fields.Has("each")
            ? [Cells(fields.Items("cells", columns.Count, columns.Count), fields.PathOf("cells"), place.Repeats + 1)]
            : [.. fields.Items("rows", fields.Has("rows") ? 1 : 0, MaxRows).Select((row, index) => row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == columns.Count
                ? Cells([.. row.EnumerateArray()], fields.PathOf("rows", index), place.Repeats) : Refuse(index))];
        return new TableBlock(columns, each, rows, ReadTotals(fields, place));

        List<RichText> Cells(IReadOnlyList<JsonElement> cells, string path, int repeats) =>
            [.. cells.Select((cell, index) => texts.Read(cell, string.Create(CultureInfo.InvariantCulture, $"{path}/{index}"), fields, repeats))];

        List<RichText> Refuse(int index)
        {
            fields.FailAt(fields.PathOf("rows", index), "invalid_value", $"A row is an array of {columns.Count} cells.");
            return [];
        }
    }

    private List<TableTotal> ReadTotals(DesignFields table, Place place) =>
        [.. table.Items("totals", 0, 20).Select((item, index) => new DesignFields(item, table.PathOf("totals", index), table.Errors, "label", "value", "bold"))
            .Select(total => new TableTotal(Template(total, "label", place, isRequired: true, 200) ?? "", texts.Read(total, "value", place.Repeats), total.Flag("bold")))];

    private static HtmlBlock ReadHtml(DesignFields fields, Place place) => new(
        Template(fields, "html", place, isRequired: true, MaxHtml) ?? "", Template(fields, "text", place, isRequired: false, MaxHtml));

    private FooterBlock ReadFooter(DesignFields fields, Place place) => new(
        texts.Read(fields, "content", place.Repeats),
        fields.Find("unsubscribe") is { } link ? ReadUnsubscribe(new DesignFields(link, fields.PathOf("unsubscribe"), fields.Errors, "label", "href"), place) : null,
        fields.Align("center"));

    // Without an address of one's own it is that of the recipient, wherever the footer stands.
    private static SocialLink ReadUnsubscribe(DesignFields fields, Place place) => new(
        Template(fields, "label", place, isRequired: true, 100) ?? "",
        DesignReader.ReadLink(fields, "href", place.Repeats, isRequired: false) ?? $"{{{{@root.{UnsubscribeVariable.Name}}}}}", null);

    private RepeatBlock ReadRepeat(DesignFields fields, Place place) => new(
        ReadPath(fields, "each", place, isRequired: true) ?? "",
        document.ReadChildren(fields, "children", place with { Repeats = place.Repeats + 1 }, least: 1));

    private ConditionBlock ReadCondition(DesignFields fields, Place place)
    {
        var path = ReadPath(fields, "variable", place, isRequired: true) ?? "";
        var test = fields.OneOf("operator", "is_set", "is_set", "is_not_set", "equals", "not_equals", "greater", "less");
        var value = ReadValue(fields, test);
        var (open, close) = test switch
        {
            "is_set" => ($"{{{{#if {path}}}}}", "{{/if}}"),
            "is_not_set" => ($"{{{{#unless {path}}}}}", "{{/unless}}"),
            "equals" => ($"{{{{#if (eq {path} {value})}}}}", "{{/if}}"),
            "not_equals" => ($"{{{{#if (ne {path} {value})}}}}", "{{/if}}"),
            "greater" => ($"{{{{#if (gt {path} {value})}}}}", "{{/if}}"),
            _ => ($"{{{{#if (lt {path} {value})}}}}", "{{/if}}"),
        };
        return new ConditionBlock(
            open, close, document.ReadChildren(fields, "children", place, least: 1), document.ReadChildren(fields, "else", place, least: 0));
    }

    /// <summary>The value that is compared with, as a literal.</summary>
    private static string ReadValue(DesignFields fields, string test)
    {
        if (test is "is_set" or "is_not_set")
            return "";
        switch (fields.Find("value"))
        {
            case { ValueKind: JsonValueKind.String }:
                return DesignTemplates.Quote(fields.Text("value", maxLength: 500) ?? "");
            case { ValueKind: JsonValueKind.True }:
                return "true";
            case { ValueKind: JsonValueKind.False }:
                return "false";
            case { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var value):
                return value.ToString("0.################", CultureInfo.InvariantCulture);
            default:
                fields.Fail("value", "required", "value must be a string, a number, true or false.");
                return "\"\"";
        }
    }

    private static string? ReadPath(DesignFields fields, string name, Place place, bool isRequired)
    {
        if (fields.Text(name, isRequired) is not { } path)
            return null;
        if (!DesignTemplates.IsPath(path))
            fields.Fail(name, "invalid_value", $"{name} must be a path such as order.items.");
        else
            DesignReader.CheckTemplate(fields, name, $"{{{{#if {path}}}}}{{{{/if}}}}", place.Repeats);
        return path;
    }

    private static string? Template(DesignFields fields, string name, Place place, bool isRequired, int maxLength)
    {
        var source = fields.Text(name, isRequired, maxLength);
        DesignReader.CheckTemplate(fields, name, source, place.Repeats);
        return source;
    }
}
