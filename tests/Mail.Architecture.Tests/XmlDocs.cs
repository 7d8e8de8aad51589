using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mail.Architecture.Tests;

/// <summary>The documentation comments that the compiler wrote beside an assembly.</summary>
internal sealed partial class XmlDocs(Dictionary<string, XElement> members)
{
    public static XmlDocs Of(Assembly assembly) => new(
        XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value));

    public string SummaryOf(Type type) => SummaryOf($"T:{type.FullName}");

    public string SummaryOf(PropertyInfo property) => SummaryOf($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string SummaryOf(string member) =>
        members.GetValueOrDefault(member)?.Element("summary") is { } summary ? Space().Replace(TextOf(summary), " ").Trim() : "";

    private static string TextOf(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement inner => TextOf(inner),
        _ => "",
    }));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
