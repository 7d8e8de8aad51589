using System.Globalization;
using System.Text;
using System.Text.Json;
using Mail.Core.Templates.Inlining;
using Mail.Core.Templates.PlainText;

namespace Mail.Core.Tests.Templates.Inlining;

/// <summary>The npm package juice in tests/tools comes to the same styles, where both are to.</summary>
public sealed class JuicePeerTests
{
    private static readonly string[] _classes = ["a", "b", "c", "d"];
    private static readonly string[] _properties = ["color", "margin", "width", "font-size", "text-align"];

    [Fact]
    public async Task Random_sheets_style_random_elements_as_juice_does()
    {
        var documents = Enumerable.Range(0, 300).Select(seed => Document(new Random(seed))).ToList();

        var theirs = await NodePeer.RunAsync("inline_juice.cjs", JsonSerializer.Serialize(documents));

        for (var i = 0; i < documents.Count; i++)
        {
            var (expected, actual) = (StylesOf(theirs[i].GetString()!), StylesOf(CssInlinerTests.Inline(documents[i]).Html));
            Assert.True(expected.SequenceEqual(actual), $"{documents[i]}\njuice: {string.Join("\n", expected.Except(actual))}\nours: {string.Join("\n", actual.Except(expected))}");
        }
    }

    private static string Document(Random random)
    {
        var css = new StringBuilder();
        for (var rule = random.Next(3, 12); rule > 0; rule--)
        {
            css.AppendJoin(", ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Selector(random))).Append(" { ");
            for (var declaration = random.Next(1, 4); declaration > 0; declaration--)
                css.Append(CultureInfo.InvariantCulture, $"{Pick(_properties, random)}: v{random.Next(100)}{(random.Next(6) == 0 ? " !important" : "")}; ");
            css.AppendLine("}");
        }
        var body = new StringBuilder();
        var number = 0;
        AddElements(body, random, 0, ref number);
        return $"<!DOCTYPE html><html><head><style>\n{css}</style></head><body>{body}</body></html>";
    }

    // Only elements that may stand in each other, so that no parser moves them.
    private static void AddElements(StringBuilder body, Random random, int depth, ref int number)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var name = depth < 3 ? "div" : "span";
            var style = random.Next(4) == 0 ? $" style=\"{Pick(_properties, random)}: own\"" : "";
            var id = random.Next(8) == 0 ? $" id=\"i{random.Next(3)}\"" : "";
            body.Append(CultureInfo.InvariantCulture, $"<{name} data-n=\"{++number}\" class=\"{Pick(_classes, random)} {Pick(_classes, random)}\"{id}{style}>x");
            if (depth < 4)
                AddElements(body, random, depth + 1, ref number);
            body.Append(CultureInfo.InvariantCulture, $"</{name}>");
        }
    }

    private static string Selector(Random random)
    {
        var selector = new StringBuilder(Compound(random));
        for (var more = random.Next(3); more > 0; more--)
            selector.Append(Pick([" ", " > ", " + "], random)).Append(Compound(random));
        return selector.ToString();
    }

    private static string Compound(Random random) => random.Next(7) switch
    {
        0 => "div",
        1 => "span",
        2 => "#i" + random.Next(3),
        3 => "[class~=" + Pick(_classes, random) + "]",
        4 => "div." + Pick(_classes, random),
        5 => "*",
        _ => "." + Pick(_classes, random),
    };

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    /// <summary>What each element looks like: its number, then each property with the value that counts.</summary>
    private static List<string> StylesOf(string html)
    {
        var styles = new List<string>();
        var tokens = new HtmlTokenizer(html);
        while (tokens.Read())
        {
            if (tokens.Kind != HtmlTokenKind.StartTag || HtmlAttributes.Find(tokens.Attributes, "data-n") is not { } number)
                continue;
            var style = HtmlAttributes.Find(tokens.Attributes, "style") ?? "";
            var values = CssDeclaration.Read(style, 0, style.Length, out _)
                .GroupBy(one => one.Property, (property, same) => same.LastOrDefault(one => one.IsImportant) ?? same.Last())
                .Select(one => $"{one.Property}:{style[(style.IndexOf(':', one.Start) + 1)..one.End].Replace(" ", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal);
            styles.Add($"{number} {string.Join(";", values)}");
        }
        return styles;
    }
}
