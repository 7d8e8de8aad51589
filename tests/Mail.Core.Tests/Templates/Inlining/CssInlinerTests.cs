using System.Text.Json;
using System.Text.RegularExpressions;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Mail.Core.Templates.Inlining;

namespace Mail.Core.Tests.Templates.Inlining;

public sealed class CssInlinerTests
{
    private static readonly TemplateLimits _limits = new();

    public static TheoryData<string> Vectors => [.. InliningVector.Names];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_vectors_come_out_as_written(string name)
    {
        var vector = InliningVector.Read(name);

        var result = Inline(vector.Source);

        Assert.Equal(vector.Expected, result.Html.TrimEnd('\n'));
        Assert.Equal(vector.Warnings, result.Warnings);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Inlining_what_is_inlined_changes_nothing(string name)
    {
        var once = Inline(InliningVector.Read(name).Source);

        Assert.Equal(once.Html, Inline(once.Html).Html);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Nothing_but_styles_is_changed(string name)
    {
        var source = InliningVector.Read(name).Source;

        Assert.Equal(WithoutStyles(source), WithoutStyles(Inline(source).Html));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_template_asks_for_the_same_variables(string name)
    {
        var source = InliningVector.Read(name).Source;

        Assert.Equal(VariablesOf(source), VariablesOf(Inline(source).Html));
    }

    [Fact]
    public void Html_without_styles_stays_as_it_is()
    {
        const string Html = "<p style=color:red>{{a}}\r\n<!-- x --><b\n>";

        Assert.Equal(Html, Inline(Html).Html);
    }

    [Fact]
    public void An_error_of_a_rendering_stands_where_the_author_wrote_it()
    {
        const string Html = "<style>p{color:red}</style>\n<p>{{formatNumber name}}</p>";
        var (prepared, _) = TemplateInlining.Prepare(new TemplateContent("s", Html, null, null) { InlineCss = true }, _limits, TimeProvider.System);
        var variables = TemplateModel.Read(JsonElement.Parse("""{"name":["x"]}"""), _limits).Model!;

        var written = TemplateParts.Compile("s", Html, null, _limits).Parts!.Render(variables, _limits, TimeProvider.System).Error;
        var inlined = TemplateParts.Compile(prepared!, _limits).Parts!.Render(variables, _limits, TimeProvider.System).Error;

        Assert.NotNull(written);
        Assert.Equal(written, inlined);
    }

    internal static CssInlining Inline(string html)
    {
        var result = CssInliner.Inline(html, _limits, TimeProvider.System);
        Assert.Null(result.Problem);
        return result;
    }

    // Style elements and attributes out, and white space, because some of it goes with the elements.
    private static string WithoutStyles(string html) => Regex.Replace(html,
        """<style.*?</style>|(?<=<[^<>]*)\sstyle(=("([^"{]|\{\{.*?\}\})*"|'[^']*'|[^\s>"']+))?|\s+""", "", RegexOptions.Singleline);

    private static IEnumerable<string> VariablesOf(string html) =>
        TemplateParts.Compile("s", html, null, _limits).Parts!.Variables().All.Select(variable => variable.Path).Order();
}
