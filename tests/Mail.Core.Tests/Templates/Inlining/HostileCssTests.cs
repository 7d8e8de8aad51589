using System.Diagnostics;
using System.Text;
using Mail.Core.Templates.Engine;
using Mail.Core.Templates.Inlining;

namespace Mail.Core.Tests.Templates.Inlining;

public sealed class HostileCssTests
{
    private static readonly TemplateLimits _limits = new() { MaxSourceBytes = 2_000_000 };

    // What ends within its own limits takes far less; on a busy machine this is still not what a quadratic one would take.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Hostile => new()
    {
        "a megabyte of rules", "a megabyte of one rule", "a megabyte of selectors", "deep elements", "many elements and rules", "long selectors in deep elements",
        "open brackets", "open strings", "open comments", "end tags that close nothing", "a rule that is written everywhere", "attributes without end",
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void It_ends_soon_and_within_its_limits(string name)
    {
        var html = Make(name);
        var watch = Stopwatch.StartNew();

        var result = CssInliner.Inline(html, _limits, TimeProvider.System);

        Assert.True(watch.Elapsed < _patience, $"It took {watch.Elapsed}.");
        Assert.True(result.Problem is not null || result.Html.Length <= html.Length + _limits.MaxSourceBytes);
    }

    [Theory]
    [InlineData("deep elements", "nests elements deeper")]
    [InlineData("a rule that is written everywhere", "too much")]
    [InlineData("many elements and rules", "too much")]
    public void What_is_too_much_is_refused(string name, string why) =>
        Assert.Contains(why, CssInliner.Inline(Make(name), _limits, TimeProvider.System).Problem, StringComparison.Ordinal);

    [Fact]
    public void Time_is_a_limit_too()
    {
        var limits = new TemplateLimits { MaxTime = TimeSpan.FromTicks(1) };

        Assert.Contains("too much", CssInliner.Inline("<style>p{a:b}</style><p>", limits, TimeProvider.System).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_broken_about_a_template_it_still_parses_afterwards_and_renders_the_same_text()
    {
        var source = InliningVector.Read("16-newsletter").Source;
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var broken = Break(source, random);
            if (CompiledTemplate.Parse(broken, TemplateContext.Html, _limits).Template is null)
                continue;
            var result = CssInliner.Inline(broken, _limits, TimeProvider.System);
            if (result.Problem is not null)
                continue;
            Assert.Null(CompiledTemplate.Parse(result.Html, TemplateContext.Html, _limits).Error);
            Assert.Equal(result.Html, CssInliner.Inline(result.Html, _limits, TimeProvider.System).Html);
        }
    }

    private static string Break(string source, Random random)
    {
        var text = new StringBuilder(source);
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 30), text.Length - at);
            if (random.Next(2) == 0)
                text.Remove(at, length);
            else
                text.Insert(at, "<>\"'{};:/*@=-"[random.Next(13)].ToString());
        }
        return text.ToString();
    }

    private static string Make(string name) => name switch
    {
        "a megabyte of rules" => Sheet(Many(30_000, i => $".c{i}{{color:red;margin:0}}")) + "<p class=\"c1 c2\">",
        "a megabyte of one rule" => Sheet("p{" + Many(60_000, _ => "color:red;") + "}") + "<p>",
        "a megabyte of selectors" => Sheet(Many(100_000, i => $".c{i},") + "p{color:red}") + "<p>",
        "deep elements" => Sheet("p{color:red}") + Many(20_000, _ => "<div>"),
        "many elements and rules" => Sheet(Many(9_000, i => $"p{{a{i}:b}}")) + Many(40_000, _ => "<p>"),
        "long selectors in deep elements" => Sheet(Many(200, i => string.Concat(Enumerable.Repeat("div ", 100)) + $".x{{a{i}:b}}")) + Many(200, _ => "<div>") + "<p class=x>",
        "open brackets" => Sheet(Many(300_000, _ => "([{") + "p{color:red}"),
        "open strings" => Sheet(Many(300_000, _ => "\"\n'")) + "<p>",
        "open comments" => Sheet(Many(300_000, _ => "/* ")) + Many(100_000, _ => "<!--[if "),
        "end tags that close nothing" => Sheet("p{color:red}") + Many(200, _ => "<div>") + Many(200_000, _ => "</a>"),
        "a rule that is written everywhere" => Sheet("p{" + Many(500, i => $"a{i}:b;") + "}") + Many(20_000, _ => "<p>"),
        _ => Sheet("[a]{color:red}") + "<p " + Many(100_000, i => $"a{i}=\"b\" "),
    };

    private static string Sheet(string css) => $"<style>{css}</style>";

    private static string Many(int count, Func<int, string> part)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append(part(i));
        return text.ToString();
    }
}
