using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mail.Core.Templates.Design;
using Mail.Core.Templates.Engine;
using Mail.Core.Templates.PlainText;

namespace Mail.Bench.Micro;

/// <summary>Renderings per second of processor time, with Handlebars of npm doing the same in the same run.</summary>
internal static class TemplateBench
{
    private const string Small =
        "<h1>Hi {{name}}</h1><p>Your code for {{company.name}} is <b>{{code}}</b>. It is valid for {{minutes}} minutes.</p>"
        + "{{#if url}}<a href=\"{{url}}\">Open</a>{{else}}<p>Bye.</p>{{/if}}";

    private const string Rows =
        "<table>{{#each items}}<tr><td>{{@index}}</td><td>{{name}}</td><td>{{quantity}}</td><td>{{price}} {{../currency}}</td></tr>\n{{/each}}</table>";

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);
    private static readonly TemplateLimits Limits = new();

    internal static void Run(TextWriter output)
    {
        var small = JsonSerializer.SerializeToElement(new
        {
            name = "Ada Lovelace", company = new { name = "Acme & Sons" }, code = "482913", minutes = 10, url = "https://example.com/verify?a=1&b=2",
        });
        var rows = JsonSerializer.SerializeToElement(new
        {
            currency = "EUR",
            items = Enumerable.Range(0, 100).Select(i => new { name = $"Article <{i}>", quantity = i % 7, price = 19.9 + i }),
        });
        Operation.WriteHead(output);
        Both(output, "small", Small, small);
        Both(output, "each over 100 rows", Rows, rows);
        Design(output);
    }

    private static void Both(TextWriter output, string name, string source, JsonElement data)
    {
        var (template, error) = CompiledTemplate.Parse(source, TemplateContext.Html, Limits);
        var model = TemplateModel.Read(data, Limits).Model!;
        var ours = template?.Render(model, Limits, TimeProvider.System).Text ?? throw new InvalidOperationException(error!.Message);
        Measure(output, $"template, {name}: parse", () => CompiledTemplate.Parse(source, TemplateContext.Html, Limits));
        Measure(output, $"template, {name}: render, {ours.Length:N0} characters", () => template.Render(model, Limits, TimeProvider.System));
        Measure(output, $"template, {name}: JSON to text", () => template.Render(TemplateModel.Read(data, Limits).Model!, Limits, TimeProvider.System));
        Peer(output, "  npm handlebars, compiled: render", JsonSerializer.Serialize(new { source, data, expected = ours.Replace("&#39;", "&#x27;", StringComparison.Ordinal) }));
        if (name == "small")
            return;
        Measure(output, "text of that HTML", () => HtmlToText.Convert(ours));
    }

    private static void Design(TextWriter output)
    {
        var folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates/Design/Golden");
        var json = JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, "receipt.json")));
        var data = TemplateModel.Read(JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, "receipt.data.json"))), Limits).Model!;
        var html = DesignHtml.Render(DesignReader.Read(json).Document!);
        var template = CompiledTemplate.Parse(html, TemplateContext.Html, Limits).Template!;
        Measure(output, "design document to a template", () => DesignHtml.Render(DesignReader.Read(json).Document!));
        Measure(output, $"design document, stored: render, {html.Length:N0}", () => template.Render(data, Limits, TimeProvider.System));
        var rendered = template.Render(data, Limits, TimeProvider.System).Text;
        Measure(output, $"text of that HTML", () => HtmlToText.Convert(rendered));
    }

    // Processor time, so that what else runs on the machine does not count.
    private static void Measure(TextWriter output, string what, Action operation)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 1000;)
            operation();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (start, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var count = 0;
        for (; watch.Elapsed < Measured; count++)
            operation();
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{what,-44} {count / seconds,10:N0} {1e6 * seconds / count,8:N1} {allocated / count,12:N0}");
    }

    /// <summary>Handlebars rendering the same template with the same variables; it refuses when its result is another.</summary>
    private static void Peer(TextWriter output, string what, string job)
    {
        var start = new ProcessStartInfo("node",
            [Path.Combine(Repository.Root, "bench/Mail.Bench/Micro/render_handlebars.cjs"), Path.Combine(Repository.Root, "tests/tools/node_modules")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node does not start.");
        process.StandardInput.Write(job);
        process.StandardInput.Close();
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0 || !double.TryParse(answer, CultureInfo.InvariantCulture, out var rate))
            output.WriteLine($"{what,-44} not measured: {process.StandardError.ReadToEnd().Split('\n')[0]}");
        else
            output.WriteLine($"{what,-44} {rate,10:N0} {1e6 / rate,8:N1}");
    }
}
