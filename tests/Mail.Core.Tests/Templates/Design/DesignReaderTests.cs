using System.Text;
using System.Text.Json;
using Mail.Core.Templates.Design;
using Mail.TestKit;

namespace Mail.Core.Tests.Templates.Design;

public sealed class DesignReaderTests
{
    private const string Section = """ "s":{"type":"section","children":["c"]},"c":{"type":"column","children":["b"]} """;

    [Theory]
    [InlineData("""{}""", "/schema invalid_value, /blocks required, /children required")]
    [InlineData("""[]""", " invalid_type, /schema invalid_value, /blocks required, /children required")]
    [InlineData("""{"schema":2,"children":["x"],"blocks":{},"more":1}""", "/more unknown_field, /schema invalid_value, /children/0 unknown_block")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"text","content":"x"}}}""", "/blocks/x/type invalid_value")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"section","children":[]}}}""", "/blocks/x/children required")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"section","children":["a","b","c","d","e"]}}}""", "/blocks/x/children too_many")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"section","children":["x"]}}}""", "/blocks/x/children/0 block_used_twice")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"repeat","each":"a","children":["y"]},"y":{"type":"repeat","each":"b","children":["x"]}}}""",
        "/blocks/y/children/0 block_used_twice")]
    [InlineData("""{"schema":1,"children":["x"],"blocks":{"x":{"type":"section","children":["y"]},"y":{"type":"column","children":[]},"z":{"type":"spacer"}}}""",
        "/blocks/z unused_block")]
    [InlineData("""{"schema":1,"children":[1],"blocks":{"a b":{}}}""", "/blocks/a b invalid_value, /children/0 unknown_block")]
    [InlineData("""{"schema":1,"settings":{"width":100,"language":"x y","direction":"up","preheader":"{{","fonts":{"body":"a;b"},"colors":{"text":"red"},"x":1},"children":["s"],"blocks":{"s":{"type":"section","children":["c"]},"c":{"type":"column","children":[]}}}""",
        "/settings/x unknown_field, /settings/language invalid_value, /settings/fonts/body invalid_value, /settings/preheader template_error, "
        + "/settings/width out_of_range, /settings/direction invalid_value, /settings/colors/text invalid_value")]
    public void Says_what_is_wrong_with_the_tree(string json, string errors) => Assert.Equal(errors, ErrorsOf(json));

    [Theory]
    [InlineData("""{"type":"heading","level":4,"align":"left","color":"#12"}""", "content required, level out_of_range, align invalid_value, color invalid_value")]
    [InlineData("""{"type":"text","content":[{"txt":"x"}]}""", "content/0/txt unknown_field, content/0 required")]
    [InlineData("""{"type":"text","content":[{"text":"x","link":"javascript:alert(1)"}]}""", "content/0/link invalid_value")]
    [InlineData("""{"type":"text","content":[{"text":"x","link":"https://a.test/\" onclick=\"x"}]}""", "content/0/link invalid_value")]
    [InlineData("""{"type":"text","content":[{"variable":"a}}{{b"}]}""", "content/0/variable invalid_value")]
    [InlineData("""{"type":"text","content":[{"variable":"../a"}]}""", "content/0/variable template_error")]
    [InlineData("""{"type":"text","content":"a\u0000b"}""", "content invalid_characters")]
    [InlineData("""{"type":"text","content":"\ud800"}""", "content invalid_characters")]
    [InlineData("""{"type":"text","content":5}""", "content invalid_type")]
    [InlineData("""{"type":"image","src":"https://a.test/x.png"}""", "alt required")]
    [InlineData("""{"type":"image","src":"data:image/png;base64,x","alt":"","width":5}""", "src invalid_value, width out_of_range")]
    [InlineData("""{"type":"button","label":"{{#if x}}"}""", "label template_error, href required")]
    [InlineData("""{"type":"table","columns":[{"title":"a"}]}""", "each required")]
    [InlineData("""{"type":"table","columns":[{"title":"a"}],"rows":[["x","y"]]}""", "rows/0 invalid_value")]
    [InlineData("""{"type":"table","columns":[{"title":"a"}],"each":"l","cells":[[{"variable":"../../x"}]]}""", "cells/0/0/variable template_error")]
    [InlineData("""{"type":"html","html":"<p>{{/if}}</p>"}""", "html template_error")]
    [InlineData("""{"type":"repeat","each":"a b","children":[]}""", "each invalid_value, children required")]
    [InlineData("""{"type":"condition","variable":"a","operator":"equals","children":["b"]}""", "value required, children/0 block_used_twice")]
    [InlineData("""{"type":"footer","content":"x","unsubscribe":{"href":"https://x.test"}}""", "unsubscribe/label required")]
    [InlineData("""{"type":"social","links":[{"label":"x","href":"ftp://x"}]}""", "links/0/href invalid_value")]
    [InlineData("""{"type":"spacer","height":1.5}""", "height out_of_range")]
    [InlineData("""{"type":"video"}""", "type invalid_value")]
    public void Says_what_is_wrong_with_a_block(string block, string errors) => Assert.Equal(
        errors,
        ErrorsOf(DocumentWith($"\"b\":{block}")).Replace("/blocks/b/", "", StringComparison.Ordinal));

    [Fact]
    public void Says_all_that_is_wrong_up_to_a_number()
    {
        var blocks = string.Concat(Enumerable.Range(0, 500).Select(number => $",\"x{number}\":{{\"type\":\"nonsense\"}}"));
        var (document, errors) = DesignReader.Read(JsonElement.Parse(DocumentWith("\"b\":{\"type\":\"spacer\"}" + blocks)));
        Assert.Null(document);
        Assert.Equal(100, errors.Count);
    }

    [Fact]
    public void Very_many_unknown_fields_cost_little()
    {
        var began = ThreadTime.Now;
        var fields = string.Concat(Enumerable.Range(0, 50_000).Select(number => $",\"unknown_field_of_some_length_{number}\":1"));
        Assert.Equal(100, DesignReader.Read(JsonElement.Parse(DocumentWith("\"b\":{\"type\":\"spacer\"" + fields + "}"))).Errors.Count);
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(16, "")]
    [InlineData(17, "too_deep")]
    [InlineData(2_000, "too_many")]
    public void Depth_and_number_of_blocks_are_bounded(int repeats, string code)
    {
        var began = ThreadTime.Now;
        var json = new StringBuilder("""{"schema":1,"children":["r0"],"blocks":{""");
        for (var i = 0; i < repeats - 1; i++)
            json.Append($$""" "r{{i}}":{"type":"repeat","each":"x","children":["r{{i + 1}}"]}, """);
        json.Append($"\"r{repeats - 1}\":").Append("""{"type":"section","children":["c"]},"c":{"type":"column","children":[]}}}""");
        Assert.Contains(code, ErrorsOf(json.ToString()), StringComparison.Ordinal);
        Assert.Equal(code.Length == 0, ErrorsOf(json.ToString()).Length == 0);
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Text_that_looks_like_a_template_or_html_stays_text()
    {
        const string Evil = "{{#each x}}\\{{name}} {<b>\"'&";
        var block = JsonSerializer.Serialize(new { type = "text", content = Evil });
        var (document, errors) = DesignReader.Read(JsonElement.Parse(DocumentWith($"\"b\":{block}")));
        Assert.Empty(errors);
        var (parts, problems) = Mail.Core.Templates.TemplateParts.Compile("s", DesignHtml.Render(document!), DesignText.Render(document!), new());
        Assert.Empty(problems);
        var rendering = parts!.Render(Mail.Core.Templates.Engine.TemplateModel.Empty, new(), TimeProvider.System);
        Assert.Equal(Evil, rendering.Text!.TrimEnd('\n'));
        Assert.Contains(Evil, Mail.Core.Templates.PlainText.HtmlToText.Convert(rendering.Html!), StringComparison.Ordinal);
    }

    private static string DocumentWith(string blocks) =>
        $"{{\"schema\":1,\"children\":[\"s\"],\"blocks\":{{{Section},{blocks}}}}}";

    private static string ErrorsOf(string json) =>
        string.Join(", ", DesignReader.Read(JsonElement.Parse(json)).Errors.Select(error => $"{error.Path} {error.Code}"));
}
