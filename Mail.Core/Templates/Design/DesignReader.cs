using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mail.Core.Templates.Design;

/// <summary>Reads a design document of schema 1 and checks all of it: fields, colours, addresses, and that the blocks make one tree.</summary>
public sealed partial class DesignReader
{
    public const int MaxBlocks = 1_000;
    private const int MaxDepth = 16;
    private const int MaxChildren = 200;

    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private readonly List<DesignError> _errors = [];
    private readonly Dictionary<string, JsonElement> _blocks = [];
    private readonly HashSet<string> _used = [];
    private DesignSettings _settings = null!;
    private BlockReader _reader = null!;

    private DesignReader()
    {
    }

    /// <summary>The document, or all that is wrong with it.</summary>
    public static (DesignDocument? Document, IReadOnlyList<DesignError> Errors) Read(JsonElement design)
    {
        var reader = new DesignReader();
        var document = reader.ReadRoot(design);
        return reader._errors.Count == 0 ? (document, []) : (null, reader._errors);
    }

    internal DesignSettings Settings => _settings;

    private DesignDocument ReadRoot(JsonElement design)
    {
        var root = new DesignFields(design, "", _errors, "schema", "settings", "children", "blocks");
        if (root.Find("schema") is not { ValueKind: JsonValueKind.Number } schema || !schema.TryGetInt32(out var number) || number != 1)
            root.Fail("schema", "invalid_value", "schema must be 1.");
        _settings = ReadSettings(root);
        _reader = new BlockReader(this, new RichTextReader(_settings.Light, _settings.Language));
        ReadBlockMap(root);
        var children = ReadChildren(root, "children", new Place(IsInColumn: false, Depth: 0, Repeats: 0), least: 1);
        foreach (var id in _blocks.Keys.Where(id => !_used.Contains(id)))
            root.FailAt($"/blocks/{id}", "unused_block", $"The block '{id}' is no child of any other.");
        return new DesignDocument(_settings, children);
    }

    private void ReadBlockMap(DesignFields root)
    {
        if (root.Find("blocks") is not { ValueKind: JsonValueKind.Object } blocks)
        {
            root.Fail("blocks", "required", "blocks must be an object of blocks by their ids.");
            return;
        }
        if (blocks.GetPropertyCount() > MaxBlocks)
        {
            root.Fail("blocks", "too_many", $"A document has at most {MaxBlocks} blocks.");
            return;
        }
        foreach (var block in blocks.EnumerateObject())
        {
            if (BlockId().IsMatch(block.Name))
                _blocks[block.Name] = block.Value;
            else
                root.FailAt(root.PathOf("blocks") + new DesignFields(blocks, "", [], block.Name).PathOf(block.Name), "invalid_value",
                    "The id of a block has 1 to 64 letters, digits, '-' and '_'.");
        }
    }

    private DesignSettings ReadSettings(DesignFields root)
    {
        var fields = new DesignFields(root.Find("settings") ?? Empty, "/settings", _errors,
            "width", "language", "direction", "preheader", "fonts", "colors", "darkColors");
        var language = fields.Text("language") ?? "en";
        if (!LanguageTag().IsMatch(language))
            fields.Fail("language", "invalid_value", "language must be a tag such as en or de-AT.");
        var fonts = new DesignFields(fields.Find("fonts") ?? Empty, "/settings/fonts", _errors, "body", "heading");
        var body = ReadFont(fonts, "body", "Arial, Helvetica, sans-serif");
        var preheader = fields.Text("preheader", maxLength: 500);
        CheckTemplate(fields, "preheader", preheader, 0);
        return new DesignSettings(
            fields.Number("width", 600, 320, 900), language, fields.OneOf("direction", "ltr", "ltr", "rtl") == "rtl", preheader,
            body, ReadFont(fonts, "heading", body), ReadPalette(fields, "colors", DesignPalette.DefaultLight), ReadPalette(fields, "darkColors", DesignPalette.DefaultDark));
    }

    private static string ReadFont(DesignFields fonts, string name, string otherwise)
    {
        if (fonts.Text(name, maxLength: 200) is not { } font)
            return otherwise;
        if (FontList().IsMatch(font))
            return font;
        fonts.Fail(name, "invalid_value", $"{name} must be names of fonts, separated by commas.");
        return otherwise;
    }

    private DesignPalette ReadPalette(DesignFields settings, string name, DesignPalette otherwise)
    {
        var colors = new DesignFields(settings.Find(name) ?? Empty, settings.PathOf(name), _errors, DesignPalette.Names);
        return new DesignPalette(
            colors.Hex("background", otherwise.Background), colors.Hex("surface", otherwise.Surface), colors.Hex("text", otherwise.Text),
            colors.Hex("muted", otherwise.Muted), colors.Hex("link", otherwise.Link), colors.Hex("button", otherwise.Button),
            colors.Hex("buttonText", otherwise.ButtonText), colors.Hex("border", otherwise.Border));
    }

    /// <summary>The blocks that a field names.</summary>
    internal IReadOnlyList<DesignBlock> ReadChildren(DesignFields holder, string name, Place place, int least, int most = MaxChildren)
    {
        var children = new List<DesignBlock>();
        var ids = holder.Items(name, least, most);
        for (var i = 0; i < ids.Count; i++)
        {
            if (ReadChild(ids[i], holder.PathOf(name, i), holder, place) is { } child)
                children.Add(child);
        }
        return children;
    }

    /// <summary>A column of a section: its source and where it stands.</summary>
    internal (JsonElement Block, string Path)? TakeColumn(JsonElement reference, string path, DesignFields holder) =>
        Take(reference, path, holder) is { } id ? (_blocks[id], "/blocks/" + id) : null;

    private DesignBlock? ReadChild(JsonElement reference, string path, DesignFields holder, Place place)
    {
        if (Take(reference, path, holder) is not { } id)
            return null;
        if (place.Depth < MaxDepth)
            return _reader.Read(_blocks[id], "/blocks/" + id, _errors, place with { Depth = place.Depth + 1 });
        holder.FailAt(path, "too_deep", $"Blocks nest at most {MaxDepth} levels.");
        return null;
    }

    private string? Take(JsonElement reference, string path, DesignFields holder)
    {
        if (reference.ValueKind != JsonValueKind.String || reference.GetString() is not { } id || !_blocks.ContainsKey(id))
        {
            holder.FailAt(path, "unknown_block", "There is no block of this id.");
            return null;
        }
        if (_used.Add(id))
            return id;
        // A second use would make the tree a graph, and perhaps one without an end.
        holder.FailAt(path, "block_used_twice", $"The block '{id}' has a place already; a block has one place.");
        return null;
    }

    /// <summary>A template in a field.</summary>
    internal static void CheckTemplate(DesignFields fields, string name, string? source, int repeats)
    {
        if (source is not null && DesignTemplates.ProblemOf(source, repeats) is { } problem)
            fields.Fail(name, "template_error", problem);
    }

    /// <summary>An address that may have placeholders.</summary>
    internal static string? ReadLink(DesignFields fields, string name, int repeats, bool isRequired)
    {
        var link = fields.Text(name, isRequired, maxLength: 2_000)?.Trim();
        if (link is null)
            return null;
        if (DesignTemplates.IsLink(link))
            CheckTemplate(fields, name, link, repeats);
        else
            fields.Fail(name, "invalid_value", $"{name} must begin with https://, http://, mailto:, tel:, sms:, # or a variable.");
        return link;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex BlockId();

    [GeneratedRegex(@"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\z")]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"^[A-Za-z0-9 ,'_-]{1,200}\z")]
    private static partial Regex FontList();
}

/// <summary>Where in the tree a block stands.</summary>
/// <param name="IsInColumn">Whether contents are expected, not sections.</param>
internal readonly record struct Place(bool IsInColumn, int Depth, int Repeats);
