using System.Globalization;

namespace Mail.Core.Templates.Engine;

internal enum ValueKind : byte
{
    /// <summary>The model has nothing there.</summary>
    Missing,
    Null,
    False,
    True,
    Number,
    Text,
    List,
    Map,
}

/// <summary>A value of the model or of a helper. A number of the model keeps its text, so that no digit is lost.</summary>
internal readonly struct TemplateValue
{
    private readonly object? _content;
    private readonly double _number;

    private TemplateValue(ValueKind kind, object? content = null, double number = 0)
    {
        Kind = kind;
        _content = content;
        _number = number;
    }

    public static TemplateValue Missing => default;

    public static TemplateValue Null => new(ValueKind.Null);

    public ValueKind Kind { get; }

    /// <summary>Missing, or null: both are "no value".</summary>
    public bool IsNothing => Kind <= ValueKind.Null;

    // As in Handlebars: nothing, false, 0, the empty text and the empty list count as false.
    public bool IsTrue => Kind switch
    {
        ValueKind.True or ValueKind.Map => true,
        ValueKind.Number => Number != 0,
        ValueKind.Text => Text.Length > 0,
        ValueKind.List => List.Length > 0,
        _ => false,
    };

    public double Number => _number;

    public string Text => (string)_content!;

    public TemplateValue[] List => (TemplateValue[])_content!;

    public TemplateMap Map => (TemplateMap)_content!;

    public static TemplateValue Of(bool value) => new(value ? ValueKind.True : ValueKind.False);

    public static TemplateValue Of(string text) => new(ValueKind.Text, text);

    public static TemplateValue Of(double number) => new(ValueKind.Number, null, number);

    public static TemplateValue OfNumber(string text) =>
        new(ValueKind.Number, text, double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    public static TemplateValue Of(TemplateValue[] items) => new(ValueKind.List, items);

    public static TemplateValue Of(TemplateMap map) => new(ValueKind.Map, map);

    /// <summary>Equal in kind and content; lists and maps only equal themselves.</summary>
    public bool Equals(TemplateValue other)
    {
        if (IsNothing && other.IsNothing)
            return true;
        if (Kind != other.Kind)
            return false;
        return Kind switch
        {
            ValueKind.Number => TryGetDecimal(out var one) && other.TryGetDecimal(out var two) ? one == two : Number.Equals(other.Number),
            ValueKind.Text => Text == other.Text,
            ValueKind.List or ValueKind.Map => ReferenceEquals(_content, other._content),
            _ => true,
        };
    }

    public bool TryGetDecimal(out decimal value)
    {
        if (_content is string text)
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        value = 0;
        if (Math.Abs(_number) > 1e15)
            return false;
        value = (decimal)_number;
        return true;
    }

    /// <summary>The text that a number, a text, true or false is written as.</summary>
    public string ToText() => Kind switch
    {
        ValueKind.Text => Text,
        ValueKind.True => "true",
        ValueKind.False => "false",
        ValueKind.Number => NumberText(),
        _ => "",
    };

    // 12.50 is written 12.5, as JavaScript writes it, and 9007199254740993 keeps its last digit.
    private string NumberText()
    {
        if (_content is string text && !text.AsSpan().ContainsAny('e', 'E'))
        {
            var digits = text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
            return digits == "-0" ? "0" : digits;
        }
        if (_number == (int)_number)
            return ((int)_number).ToString(CultureInfo.InvariantCulture);
        return TryGetDecimal(out var exact) && exact != 0
            ? exact.ToString("0.############################", CultureInfo.InvariantCulture)
            : _number.ToString("R", CultureInfo.InvariantCulture);
    }
}

/// <summary>An object of the model.</summary>
internal sealed class TemplateMap(string[] names, TemplateValue[] values)
{
    private const int SearchedUpTo = 12;

    private readonly Dictionary<string, int>? _places = names.Length > SearchedUpTo ? PlacesOf(names) : null;

    public int Count => names.Length;

    public string NameAt(int index) => names[index];

    public TemplateValue ValueAt(int index) => values[index];

    public TemplateValue Find(string name)
    {
        if (_places is not null)
            return _places.TryGetValue(name, out var place) ? values[place] : TemplateValue.Missing;
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] == name)
                return values[i];
        }
        return TemplateValue.Missing;
    }

    private static Dictionary<string, int> PlacesOf(string[] names)
    {
        var places = new Dictionary<string, int>(names.Length);
        for (var i = 0; i < names.Length; i++)
            places[names[i]] = i;
        return places;
    }
}
