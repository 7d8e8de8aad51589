using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mail.Core.Text;

namespace Mail.Core.Templates.Design;

/// <summary>What is wrong with a design document.</summary>
/// <param name="Path">JSON Pointer into the document.</param>
public sealed record DesignError(string Path, string Code, string Message);

/// <summary>Reads the members of one object of a document and gathers what is wrong with them.</summary>
internal sealed partial class DesignFields
{
    public const int MaxErrors = 100;
    private const int MaxText = 20_000;

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<DesignError> _errors;

    /// <param name="known">Every member that the object may have.</param>
    public DesignFields(JsonElement element, string path, List<DesignError> errors, params IReadOnlyCollection<string> known)
    {
        (_object, _path, _errors) = (element, path, errors);
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail("", "invalid_type", "This must be an object.");
            return;
        }
        // The nearest name costs more than the rest: it is looked for only where it is told.
        foreach (var member in element.EnumerateObject().Where(member => errors.Count < MaxErrors && !known.Contains(member.Name)))
            Fail(member.Name, "unknown_field", $"There is no '{Shorten(member.Name)}' here; the nearest known one is '{NearestName.Of(member.Name, known)}'.");
    }

    public string Path => _path;

    public List<DesignError> Errors => _errors;

    public bool Has(string name) => Find(name) is not null;

    public JsonElement? Find(string name) =>
        _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name, bool isRequired = false, int maxLength = MaxText)
    {
        if (Find(name) is not { } value)
        {
            if (isRequired)
                Fail(name, "required", $"{name} is required.");
            return null;
        }
        return TextAt(value, PathOf(name), maxLength);
    }

    /// <summary>A text that stands at a place of its own.</summary>
    public string? TextAt(JsonElement value, string path, int maxLength = MaxText)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (value.ValueKind != JsonValueKind.String)
        {
            FailAt(path, "invalid_type", $"{name} must be a string.");
            return null;
        }
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            FailAt(path, "invalid_characters", $"{name} has an unpaired surrogate.");
            return null;
        }
        if (text.Length > maxLength)
            FailAt(path, "too_long", string.Create(CultureInfo.InvariantCulture, $"{name} has at most {maxLength} characters."));
        else if (text.AsSpan().ContainsAnyInRange('\0', '\b'))
            FailAt(path, "invalid_characters", $"{name} must not have control characters.");
        else
            return text;
        return null;
    }

    public int Number(string name, int otherwise, int least, int most)
    {
        if (Find(name) is not { } value)
            return otherwise;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        Fail(name, "out_of_range", string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}."));
        return otherwise;
    }

    public bool Flag(string name)
    {
        if (Find(name) is not { } value)
            return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Fail(name, "invalid_type", $"{name} must be true or false.");
        return value.ValueKind == JsonValueKind.True;
    }

    public string OneOf(string name, string otherwise, params IReadOnlyCollection<string> words)
    {
        if (Text(name) is not { } word)
            return otherwise;
        if (words.Contains(word))
            return word;
        Fail(name, "invalid_value", $"{name} must be one of {string.Join(", ", words)}.");
        return otherwise;
    }

    public DesignAlign Align(string otherwise = "start") => OneOf("align", otherwise, "start", "center", "end") switch
    {
        "center" => DesignAlign.Center,
        "end" => DesignAlign.End,
        _ => DesignAlign.Start,
    };

    /// <summary>A name of the palette or <c>#rrggbb</c>.</summary>
    public DesignColor Color(string name, DesignPalette palette, string otherwise)
    {
        if (Text(name) is not { } text)
            return DesignColor.Of(palette, otherwise);
        if (DesignPalette.Names.Contains(text))
            return DesignColor.Of(palette, text);
        if (Hex().IsMatch(text))
            return new DesignColor(null, text.ToLowerInvariant());
        Fail(name, "invalid_value", $"{name} must be a colour such as #1d4ed8, or one of {string.Join(", ", DesignPalette.Names)}.");
        return DesignColor.Of(palette, otherwise);
    }

    public string Hex(string name, string otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (Hex().IsMatch(text))
            return text.ToLowerInvariant();
        Fail(name, "invalid_value", $"{name} must be a colour such as #1d4ed8.");
        return otherwise;
    }

    /// <summary>The items of an array; an error when it has less or more.</summary>
    public IReadOnlyList<JsonElement> Items(string name, int least, int most)
    {
        if (Find(name) is not { } value)
        {
            if (least > 0)
                Fail(name, "required", $"{name} is required.");
            return [];
        }
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(name, "invalid_type", $"{name} must be an array.");
            return [];
        }
        var count = value.GetArrayLength();
        if (count < least || count > most)
        {
            Fail(name, count < least ? "required" : "too_many", string.Create(CultureInfo.InvariantCulture, $"{name} has {least} to {most} items, not {count}."));
            return [];
        }
        return [.. value.EnumerateArray()];
    }

    public string PathOf(string name) =>
        name.Length == 0 ? _path : $"{_path}/{Shorten(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public string PathOf(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}/{index}");

    public void Fail(string name, string code, string message) => FailAt(PathOf(name), code, message);

    public void FailAt(string path, string code, string message)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add(new DesignError(path, code, message));
    }

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";

    [GeneratedRegex(@"^#[0-9A-Fa-f]{6}\z")]
    private static partial Regex Hex();
}
