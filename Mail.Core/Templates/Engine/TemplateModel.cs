using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mail.Core.Templates.Engine;

/// <summary>The variables of one message: parsed JSON, bounded, and nothing but data.</summary>
public sealed class TemplateModel
{
    /// <summary>A model without variables.</summary>
    public static readonly TemplateModel Empty = new(TemplateValue.Of(new TemplateMap([], [])));

    private TemplateModel(TemplateValue root) => Root = root;

    internal TemplateValue Root { get; }

    /// <summary>Reads an object; null or nothing is the empty model.</summary>
    /// <returns>The model, or why there is none.</returns>
    public static (TemplateModel? Model, string? Problem) Read(JsonElement? data, TemplateLimits limits)
    {
        if (data is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } root)
            return (Empty, null);
        if (root.ValueKind != JsonValueKind.Object)
            return (null, "The variables must be an object.");
        if (JsonMarshal.GetRawUtf8Value(root).Length > limits.MaxModelBytes)
            return (null, $"The variables have more than {limits.MaxModelBytes} bytes.");
        if (DepthOf(root, limits.MaxModelDepth) > limits.MaxModelDepth)
            return (null, $"The variables nest deeper than {limits.MaxModelDepth} levels.");
        var reader = new Reader();
        var value = reader.ValueOf(root);
        return reader.Problem is { } problem ? (null, problem) : (new TemplateModel(value), null);
    }

    /// <summary>The model with one more variable; the caller's own of that name stays.</summary>
    public TemplateModel With(string name, string value)
    {
        if (!Root.Map.Find(name).IsNothing)
            return this;
        var others = Enumerable.Range(0, Root.Map.Count).Where(index => Root.Map.NameAt(index) != name).ToList();
        return new TemplateModel(TemplateValue.Of(new TemplateMap(
            [.. others.Select(Root.Map.NameAt), name], [.. others.Select(Root.Map.ValueAt), TemplateValue.Of(value)])));
    }

    private static int DepthOf(JsonElement element, int most)
    {
        if (most < 0)
            return 1;
        return element.ValueKind switch
        {
            JsonValueKind.Object => 1 + element.EnumerateObject().Select(member => DepthOf(member.Value, most - 1)).DefaultIfEmpty().Max(),
            JsonValueKind.Array => 1 + element.EnumerateArray().Select(item => DepthOf(item, most - 1)).DefaultIfEmpty().Max(),
            _ => 0,
        };
    }

    private sealed class Reader
    {
        public string? Problem { get; private set; }

        public TemplateValue ValueOf(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => MapOf(element),
            JsonValueKind.Array => ListOf(element),
            JsonValueKind.String => TextOf(element),
            JsonValueKind.Number => TemplateValue.OfNumber(element.GetRawText()),
            JsonValueKind.True => TemplateValue.Of(true),
            JsonValueKind.False => TemplateValue.Of(false),
            _ => TemplateValue.Null,
        };

        private TemplateValue TextOf(JsonElement element)
        {
            try
            {
                var text = element.GetString()!;
                if (text.Contains('\0'))
                    Problem = "The variables have a text with the character NUL.";
                return TemplateValue.Of(text);
            }
            catch (InvalidOperationException)
            {
                // The reader only finds out when it decodes the text.
                Problem = "The variables have a text with an unpaired surrogate.";
                return TemplateValue.Null;
            }
        }

        private string NameOf(JsonProperty member)
        {
            try
            {
                return member.Name;
            }
            catch (InvalidOperationException)
            {
                Problem = "The variables have a name with an unpaired surrogate.";
                return "";
            }
        }

        private TemplateValue MapOf(JsonElement element)
        {
            var names = new string[element.GetPropertyCount()];
            var values = new TemplateValue[names.Length];
            var count = 0;
            foreach (var member in element.EnumerateObject())
            {
                names[count] = NameOf(member);
                values[count++] = ValueOf(member.Value);
            }
            return TemplateValue.Of(new TemplateMap(names, values));
        }

        private TemplateValue ListOf(JsonElement element)
        {
            var items = new TemplateValue[element.GetArrayLength()];
            var count = 0;
            foreach (var item in element.EnumerateArray())
                items[count++] = ValueOf(item);
            return TemplateValue.Of(items);
        }
    }
}
