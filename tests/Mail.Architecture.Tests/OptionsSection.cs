using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Mail.Architecture.Tests;

/// <summary>An options class: one that says under which section it is bound.</summary>
internal sealed record OptionsSection(string Path, string Owner, string Summary, IReadOnlyList<Setting> Settings)
{
    private const string Root = "Mail";
    private static readonly string[] _owners = ["Mail.Api", "Mail.Core", "Mail.Inbound", "Mail.ServiceDefaults", "Mail.Worker"];

    /// <summary>The sections of all hosts and libraries, by path.</summary>
    public static IReadOnlyList<OptionsSection> OfProduct() =>
    [
        .. _owners.Select(Assembly.Load).SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)))
            .Where(found => found.Section is { IsLiteral: true })
            .Select(found => Of(found.Type, (string)found.Section!.GetRawConstantValue()!))
            .OrderBy(section => section.Path, StringComparer.Ordinal).ThenBy(section => section.Owner, StringComparer.Ordinal),
    ];

    private static OptionsSection Of(Type type, string section)
    {
        // Options of the libraries say the whole path, those of the product stand under Mail.
        var path = section == Root || section.StartsWith(Root + ":", StringComparison.Ordinal) ? section : $"{Root}:{section}";
        var docs = XmlDocs.Of(type.Assembly);
        var defaults = Activator.CreateInstance(type)!;
        var settings = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => Setting.Of(path, property, property.GetValue(defaults), docs.SummaryOf(property)));
        return new OptionsSection(path, type.Assembly.GetName().Name!, docs.SummaryOf(type), [.. settings]);
    }
}

/// <summary>One setting in the words of an operator.</summary>
internal sealed partial record Setting(string Key, string Type, string Default, string Range, string Meaning)
{
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);

    public static Setting Of(string path, PropertyInfo property, object? standard, string meaning)
    {
        var isList = typeof(IList).IsAssignableFrom(property.PropertyType) || IsGenericList(property.PropertyType);
        var text = TextOf(standard);
        return new Setting(
            $"{path}:{property.Name}{(isList ? ":0" : "")}", TypeOf(property.PropertyType, isList), text, RangeOf(property),
            text.Length == 0 ? meaning : ToldDefault().Replace(meaning, ""));
    }

    private static bool IsGenericList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>);

    private static string TypeOf(Type type, bool isList)
    {
        if (isList)
            return "list";
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? "word" : type == typeof(string) ? "text" : type == typeof(bool) ? "yes/no" : type == typeof(TimeSpan) ? "duration" : "number";
    }

    private static string TextOf(object? value) => value switch
    {
        null or "" => "",
        TimeSpan { Ticks: var ticks } time when ticks % TimeSpan.TicksPerSecond != 0 => time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0'),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        Enum word => word.ToString().ToLowerInvariant(),
        bool yes => yes ? "true" : "false",
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object>().Select(TextOf)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"An option of type {value.GetType()} is new here."),
    };

    private static string RangeOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()));
        var required = property.IsDefined(typeof(RequiredAttribute)) ? "not empty" : "";
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? $"{Convert.ToString(range.Minimum, CultureInfo.InvariantCulture)} – {Convert.ToString(range.Maximum, CultureInfo.InvariantCulture)}"
            : required;
    }

    // The comment tells the default to readers of the code; here it has a column.
    [GeneratedRegex(@"\s+Default [^.;]*(?:\.\d+)?[^.;]*\.$")]
    private static partial Regex ToldDefault();
}
