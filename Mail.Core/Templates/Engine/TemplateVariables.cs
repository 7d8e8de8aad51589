using System.Text;
using System.Text.Json.Nodes;

namespace Mail.Core.Templates.Engine;

/// <summary>The variables of a template, told from its source alone, and a model to try it with.</summary>
public sealed class TemplateVariables
{
    private const string SampleDate = "2026-05-12T09:00:00Z";

    private readonly IReadOnlyList<VariableCollector.Found> _found;

    private TemplateVariables(IReadOnlyList<VariableCollector.Found> found)
    {
        _found = found;
        All = [.. found.Select(variable => new TemplateVariable(variable.Path, variable.Kind, variable.IsRequired))];
    }

    public IReadOnlyList<TemplateVariable> All { get; }

    public static TemplateVariables Of(params IEnumerable<CompiledTemplate?> parts) =>
        new(VariableCollector.Collect(parts.OfType<CompiledTemplate>()));

    /// <summary>All but one that does not have to be given.</summary>
    public TemplateVariables Without(string path) => new([.. _found.Where(variable => variable.Path != path)]);

    /// <summary>A model with a value for each of them: what a preview shows when nothing else is given.</summary>
    public JsonObject Sample()
    {
        var root = new JsonObject();
        // Short paths first, so that what holds others is there before them.
        foreach (var variable in _found.OrderBy(variable => variable.Place.Steps().Count))
            Put(root, variable.Place.Steps(), ValueOf(variable));
        return root;
    }

    private static void Put(JsonNode root, List<ModelPlace> steps, JsonNode value)
    {
        var holder = root;
        for (var i = 0; i < steps.Count - 1; i++)
            holder = Enter(holder, steps[i], steps[i + 1].IsItem);
        var last = steps[^1];
        switch (holder)
        {
            case JsonObject map when last.Name is { } name && !map.ContainsKey(name):
                map[name] = value;
                break;
            case JsonArray list when last.IsItem && list.Count == 0:
                list.Add(value);
                break;
        }
    }

    private static JsonNode Enter(JsonNode holder, ModelPlace step, bool intoList)
    {
        switch (holder)
        {
            case JsonObject map when step.Name is { } name:
                if (map[name] is not (JsonObject or JsonArray))
                    map[name] = Holder(intoList);
                return map[name]!;
            case JsonArray list:
                if (list.Count == 0 || list[0] is not (JsonObject or JsonArray))
                {
                    list.Clear();
                    list.Add(Holder(intoList));
                }
                return list[0]!;
            default:
                return Holder(intoList);
        }
    }

    private static JsonNode Holder(bool isList) => isList ? new JsonArray() : new JsonObject();

    private static JsonNode ValueOf(VariableCollector.Found variable) => variable.Kind switch
    {
        VariableKind.List => new JsonArray(),
        VariableKind.Object => new JsonObject(),
        VariableKind.Number => JsonValue.Create(42),
        VariableKind.Date => JsonValue.Create(SampleDate),
        VariableKind.Text => JsonValue.Create(WordsOf(variable.Place.Steps().LastOrDefault(step => !step.IsItem)?.Name ?? "item")),
        _ => JsonValue.Create(true),
    };

    /// <summary><c>firstName</c> and <c>first_name</c> as <c>First name</c>.</summary>
    private static string WordsOf(string name)
    {
        var words = new StringBuilder();
        foreach (var character in name)
        {
            if (character is '_' or '-')
                words.Append(' ');
            else if (char.IsUpper(character) && words.Length > 0 && !char.IsUpper(words[^1]))
                words.Append(' ').Append(char.ToLowerInvariant(character));
            else
                words.Append(words.Length == 0 ? char.ToUpperInvariant(character) : character);
        }
        return words.ToString();
    }
}
