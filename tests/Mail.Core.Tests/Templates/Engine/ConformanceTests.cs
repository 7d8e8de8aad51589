using System.Text.Json;
using Mail.Core.Templates.Engine;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates.Engine;

/// <summary>The cases of <c>sdks/templates/conformance.json</c>, which every implementation of the syntax shares.</summary>
public sealed class ConformanceTests
{
    private static readonly TemplateLimits Limits = new();

    public static TheoryData<string> Names => [.. Cases().Select(item => item.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Renders_as_the_file_says(string name)
    {
        var item = Cases().Single(item => item.GetProperty("name").GetString() == name);
        var context = Enum.Parse<TemplateContext>(item.GetProperty("context").GetString()!, ignoreCase: true);
        var (template, error) = CompiledTemplate.Parse(item.GetProperty("template").GetString()!, context, Limits);
        var rendering = template?.Render(TemplateModel.Read(item.GetProperty("model"), Limits).Model!, Limits, TimeProvider.System);
        error ??= rendering?.Error;

        if (item.TryGetProperty("error", out var expected))
        {
            Assert.NotNull(error);
            Assert.Equal((expected.GetProperty("line").GetInt32(), expected.GetProperty("column").GetInt32()), (error.Line, error.Column));
            Assert.Contains(expected.GetProperty("contains").GetString()!, error.Message, StringComparison.Ordinal);
            return;
        }
        Assert.Null(error);
        var missing = item.TryGetProperty("missing", out var names) ? names.EnumerateArray().Select(entry => entry.GetString()!) : [];
        Assert.Equal(missing, rendering!.Missing.Select(variable => variable.Name));
        if (item.TryGetProperty("output", out var output))
            Assert.Equal(output.GetString(), rendering.Text);
    }

    [Fact]
    public void Names_are_unique() => Assert.Distinct(Cases().Select(item => item.GetProperty("name").GetString()));

    private static IEnumerable<JsonElement> Cases() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "sdks/templates/conformance.json")))
            .RootElement.GetProperty("cases").EnumerateArray();
}
