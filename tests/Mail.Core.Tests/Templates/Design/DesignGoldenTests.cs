using System.Text.Json;
using Mail.Core.Templates;
using Mail.Core.Templates.Design;
using Mail.Core.Templates.Engine;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates.Design;

/// <summary>
/// What documents render to, kept as files beside them: <c>.html</c> and <c>.txt</c> are the mail with the variables of
/// <c>.data.json</c>. MAIL_UPDATE_GOLDEN=1 writes them anew.
/// </summary>
public sealed class DesignGoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates/Design/Golden");
    private static readonly TemplateLimits Limits = new();

    public static TheoryData<string> Names => new("receipt", "newsletter", "right-to-left");

    [Theory]
    [MemberData(nameof(Names))]
    public void Renders_to_its_golden_files(string name)
    {
        var rendering = Render(name);
        Compare(name + ".html", rendering.Html!);
        Compare(name + ".txt", rendering.Text!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_missing_and_nothing_is_cut_off(string name)
    {
        var rendering = Render(name);
        Assert.Empty(rendering.Missing);
        Assert.InRange(rendering.Html!.Length, 1, 102 * 1024);
        Assert.DoesNotContain("{{", rendering.Text, StringComparison.Ordinal);
    }

    private static PartsRendering Render(string name)
    {
        var (document, errors) = DesignReader.Read(Json(name + ".json"));
        Assert.Empty(errors);
        var (parts, problems) = TemplateParts.Compile("s", DesignHtml.Render(document!), DesignText.Render(document!), Limits);
        Assert.Empty(problems);
        var rendering = parts!.Render(TemplateModel.Read(Json(name + ".data.json"), Limits).Model!, Limits, TimeProvider.System);
        Assert.Null(rendering.Error);
        return rendering;
    }

    private static void Compare(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("MAIL_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }

    private static JsonElement Json(string file) => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
}
