using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mail.Api.Tests.OpenApi;

/// <summary>What the XML documentation of the product's assemblies says of types and their properties.</summary>
internal static partial class XmlComments
{
    private static readonly Dictionary<string, XElement> _members = new[] { "Mail.Api.xml", "Mail.Core.xml", "Mail.Protocol.xml" }
        .Select(file => Path.Combine(AppContext.BaseDirectory, file))
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        .DistinctBy(member => member.Attribute("name")!.Value).ToDictionary(member => member.Attribute("name")!.Value);

    public static string? OfType(Type type) => Text(Find("T:" + NameOf(type))?.Element("summary"));

    /// <summary>The summary of the property, or what its record says of the parameter it comes from.</summary>
    public static string? OfProperty(PropertyInfo property) =>
        Text(Find($"P:{NameOf(property.DeclaringType!)}.{property.Name}")?.Element("summary"))
        ?? Text(Find("T:" + NameOf(property.DeclaringType!))?.Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name));

    private static XElement? Find(string name) => _members.GetValueOrDefault(name);

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var words = element.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => "`" + see.Attribute("cref")!.Value.Split('.')[^1] + "`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement other => other.Value,
            _ => node.ToString().Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
                .Replace("&amp;", "&", StringComparison.Ordinal),
        });
        return Space().Replace(string.Concat(words), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
