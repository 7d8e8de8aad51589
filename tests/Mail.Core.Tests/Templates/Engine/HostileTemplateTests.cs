using System.Text.Json;
using System.Text.Json.Nodes;
using Mail.Core.Templates.Engine;

namespace Mail.Core.Tests.Templates.Engine;

/// <summary>Whatever a template says, it ends within its limits and says which one it met.</summary>
public sealed class HostileTemplateTests
{
    private static readonly TemplateLimits Limits = new() { MaxSteps = 200_000, MaxOutputBytes = 200_000 };
    private static readonly string Nested = string.Concat(Enumerable.Repeat("{{#each @root.list}}", 10))
        + "x" + string.Concat(Enumerable.Repeat("{{/each}}", 10));

    private static readonly Dictionary<string, (string Template, string Reason)> _hostile = new()
    {
        ["each in each over a big list"] = (Nested.Replace("x", "", StringComparison.Ordinal), "steps"),
        ["each in each that writes"] = (Nested.Replace("x", "some more text", StringComparison.Ordinal), "bytes"),
        ["a big text, many times"] = ("{{#each list}}{{#each @root.list}}{{@root.big}}{{/each}}{{/each}}", "bytes"),
        ["a big text, changed and thrown away"] = ("{{#each list}}{{#each @root.list}}{{#if (eq (upper @root.big) 1)}}{{/if}}{{/each}}{{/each}}", "steps"),
        ["a big text, encoded"] = ("{{#each list}}{{urlencode @root.big}}{{/each}}", "bytes"),
        ["a big text, compared"] = ("{{#each list}}{{#each @root.list}}{{#if (eq @root.big @root.big)}}{{/if}}{{/each}}{{/each}}", "steps"),
        ["blocks in blocks"] = (string.Concat(Enumerable.Repeat("{{#if a}}", 40)) + string.Concat(Enumerable.Repeat("{{/if}}", 40)), "32 levels"),
        ["a chain of else if"] = ("{{#if a}}" + string.Concat(Enumerable.Repeat("{{else if a}}", 100_0)) + "{{/if}}", "32 levels"),
        ["parentheses in parentheses"] = ("{{" + string.Concat(Enumerable.Repeat("not (", 1).Concat(Enumerable.Repeat("not (", 50_000))) + "a", "32 levels"),
        ["thousands of arguments"] = ("{{and " + string.Concat(Enumerable.Repeat("a ", 50_000)) + "}}", "arguments"),
        ["a megabyte and one byte"] = (new string('x', 1_000_001), "1000000 bytes"),
        ["only braces"] = (new string('{', 500_000), "not"),
        ["open tags"] = (string.Concat(Enumerable.Repeat("{{#each list}}{{", 10_000)), "not"),
        ["a NUL"] = ("a\0b", "NUL"),
    };

    private static readonly TemplateModel Model = Read(new JsonObject
    {
        ["list"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(i => (JsonNode)i)]),
        ["big"] = new string('<', 100_000),
    });

    public static TheoryData<string> Names => [.. _hostile.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ends_within_the_limits(string name)
    {
        var (source, reason) = _hostile[name];
        var (template, error) = CompiledTemplate.Parse(source, TemplateContext.Html, Limits);
        error ??= template!.Render(Model, Limits, TimeProvider.System).Error;
        Assert.Contains(reason, error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_when_its_time_is_over()
    {
        var clock = new RushingClock();
        var limits = new TemplateLimits { MaxSteps = 100_000_000, MaxTime = TimeSpan.FromMilliseconds(50) };
        var (template, _) = CompiledTemplate.Parse(Nested.Replace("x", "", StringComparison.Ordinal), TemplateContext.Text, limits);
        Assert.Contains("0.05 s", template!.Render(Model, limits, clock).Error?.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Readings, 2, 100);
    }

    [Fact]
    public void Says_in_which_block_the_limit_was_met()
    {
        var (template, _) = CompiledTemplate.Parse("ok\n{{#each list}}{{@root.big}}{{/each}}", TemplateContext.Text, Limits);
        Assert.Equal((2, 9), template!.Render(Model, Limits, TimeProvider.System).Error is { } error ? (error.Line, error.Column) : default);
    }

    [Theory]
    [InlineData("[1]", "object")]
    [InlineData("\"a\"", "object")]
    [InlineData("{\"a\":\"\\u0000\"}", "NUL")]
    [InlineData("{\"a\":[\"\\ud800\"]}", "surrogate")]
    [InlineData("{\"\\ud800\":1}", "surrogate")]
    [InlineData("{\"a\":[[[[[[1]]]]]]}", "5 levels")]
    [InlineData("{\"a\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"}", "100 bytes")]
    public void Variables_are_bounded_data(string json, string reason)
    {
        using var document = JsonDocument.Parse(json);
        var (model, problem) = TemplateModel.Read(document.RootElement, new TemplateLimits { MaxModelDepth = 5, MaxModelBytes = 100 });
        Assert.Null(model);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_templates_end_in_a_result()
    {
        string[] pieces =
            ["{{", "}}", "{{{", "}}}", "#if ", "#each ", "/if", "/each", "else", "a", "..", "/", "@index", "(", ")", "eq ", "\"", "~", "\n", " ", "!--", "--", "=", "1", "[", "]", "\\"];
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var source = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var (template, error) = CompiledTemplate.Parse(source, TemplateContext.Html, Limits);
            Assert.True(template is null != error is null, source);
            if (error is not null)
                Assert.True(error.Line >= 1 && error.Column >= 1 && error.Column <= source.Length + 1, source);
            template?.Render(Model, Limits, TimeProvider.System);
        }
    }

    private static TemplateModel Read(JsonObject data) => TemplateModel.Read(JsonSerializer.SerializeToElement(data), Limits).Model!;

    /// <summary>Ten milliseconds go by between two looks at it.</summary>
    private sealed class RushingClock : TimeProvider
    {
        public int Readings { get; private set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => 10 * Readings++;
    }
}
