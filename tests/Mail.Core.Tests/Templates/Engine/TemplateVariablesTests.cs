using System.Text.Json;
using Mail.Core.Templates.Engine;

namespace Mail.Core.Tests.Templates.Engine;

public sealed class TemplateVariablesTests
{
    private static readonly TemplateLimits Limits = new();

    [Fact]
    public void Tells_paths_kinds_and_what_is_required()
    {
        var variables = Of(
            "{{firstName}}",
            """
            {{default nick "x"}}{{#if order}}{{formatNumber order.total 2}}{{formatDate order.placedAt}}{{/if}}
            {{#each order.items}}{{name}}{{#if (gt price 10)}}!{{/if}}{{../currency}}{{#each tags}}{{this}}{{/each}}{{/each}}
            {{#each notes}}{{/each}}{{#each extras}}{{else}}{{/each}}{{#if vip}}{{/if}}{{addresses.length}}
            """);
        Assert.Equal(
            [
                "firstName Text required", "nick Text", "order Object", "order.total Number required", "order.placedAt Date required",
                "order.items List required", "order.items[].name Text required", "order.items[].price Number", "currency Text required",
                "order.items[].tags List required", "order.items[].tags[] Text required", "notes List required", "extras List",
                "vip Unknown", "addresses List",
            ],
            variables.All.Select(variable => $"{variable.Path} {variable.Kind}{(variable.IsRequired ? " required" : "")}"));
    }

    [Fact]
    public void The_sample_renders_without_anything_missing()
    {
        var source = "{{a.b}}{{#each a.list}}{{x.y}}{{../t}}{{#each z}}{{this}}{{/each}}{{/each}}{{formatDate d}}{{formatNumber n}}{{#each o}}{{#each this}}{{q}}{{/each}}{{/each}}";
        var (template, _) = CompiledTemplate.Parse(source, TemplateContext.Text, Limits);
        var sample = TemplateVariables.Of(template).Sample();
        var rendering = template!.Render(TemplateModel.Read(JsonSerializer.SerializeToElement(sample), Limits).Model!, Limits, TimeProvider.System);
        Assert.Null(rendering.Error);
        Assert.Empty(rendering.Missing);
        Assert.Contains("42", rendering.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_reads_like_words() =>
        Assert.Equal("""{"firstName":"First name","last_name":"Last name"}""", Of("{{firstName}} {{last_name}}").Sample().ToJsonString());

    private static TemplateVariables Of(params string[] sources) =>
        TemplateVariables.Of(sources.Select(source => CompiledTemplate.Parse(source, TemplateContext.Html, Limits).Template));
}
