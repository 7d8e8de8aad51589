using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mail.Protocol.Webhooks;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>The verifiers that docs/webhooks.md shows do what it says.</summary>
public sealed partial class WebhookDocumentTests
{
    private static readonly byte[] _body = Encoding.UTF8.GetBytes("""{"type":"mail.message.bounced","data":{"name":"Grüße 🙂"}}""");
    private readonly WebhookSecret _secret = WebhookSecret.Generate();

    [Fact]
    public async Task The_one_for_node_works() => await CheckAsync(delivery => RunAsync(
        "node",
        ["--input-type=module", "-e", Block("js") + """

            const [job] = [JSON.parse((await import("node:fs")).readFileSync(0, "utf8"))];
            console.log(verify(job.secret, job.headers, Buffer.from(job.body, "base64")));
            """], Json(delivery)));

    [Fact]
    public async Task The_one_for_python_works() => await CheckAsync(delivery => RunAsync(
        "/usr/bin/python3",
        ["-c", Block("python") + """

            import json, sys
            job = json.load(sys.stdin)
            print(verify(job["secret"], job["headers"], base64.b64decode(job["body"])))
            """], Json(delivery)));

    [Fact]
    public async Task The_one_for_the_shell_works()
    {
        var folder = Directory.CreateTempSubdirectory("webhook").FullName;
        try
        {
            var genuine = await ShellAsync(folder, Delivery());
            var forged = await ShellAsync(folder, Delivery() with { Body = "{}"u8.ToArray() });

            Assert.Equal(("genuine", "forged"), (genuine, forged));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_one_for_c_sharp_works_and_is_the_one_that_is_shown()
    {
        await CheckAsync(delivery => Task.FromResult(Verify(delivery.Secret, delivery.Headers, delivery.Body).ToString()));

        var shown = Whitespace().Replace(Block("csharp"), "");
        Assert.Contains(shown, Whitespace().Replace(Here("WebhookDocumentTests.cs"), ""), StringComparison.Ordinal);
    }

    static bool Verify(string secret, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var (id, timestamp) = (headers["webhook-id"], headers["webhook-timestamp"]);
        if (!long.TryParse(timestamp, out var seconds) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > 300)
            return false;
        var key = Convert.FromBase64String(secret.Replace("whsec_", ""));
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content)));
        return headers["webhook-signature"].Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(given)));
    }

    private async Task CheckAsync(Func<Signed, Task<string>> verify)
    {
        Assert.Equal("true", (await verify(Delivery())).ToLowerInvariant());
        Assert.Equal("false", (await verify(Delivery() with { Body = "{}"u8.ToArray() })).ToLowerInvariant());
        Assert.Equal("false", (await verify(Delivery(age: TimeSpan.FromMinutes(6)))).ToLowerInvariant());
        Assert.Equal("false", (await verify(Delivery() with { Secret = WebhookSecret.Generate().Reveal() })).ToLowerInvariant());
    }

    private Signed Delivery(TimeSpan age = default)
    {
        var at = TimeProvider.System.GetUtcNow() - age;
        return new Signed(_secret.Reveal(), new Dictionary<string, string>
        {
            ["webhook-id"] = "evt_1",
            ["webhook-timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] = StandardWebhookSignature.Sign("evt_1", at, _body, WebhookSecret.Generate(), _secret),
        }, _body);
    }

    private static string Json(Signed delivery) => JsonSerializer.Serialize(
        new { secret = delivery.Secret, headers = delivery.Headers, body = Convert.ToBase64String(delivery.Body) });

    private static async Task<string> ShellAsync(string folder, Signed delivery)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "body"), delivery.Body);
        return await RunAsync("bash", ["-c", Block("bash")], "", folder, new Dictionary<string, string>
        {
            ["SECRET"] = delivery.Secret,
            ["ID"] = delivery.Headers["webhook-id"],
            ["TIMESTAMP"] = delivery.Headers["webhook-timestamp"],
            ["SIGNATURE"] = delivery.Headers["webhook-signature"],
        });
    }

    private static async Task<string> RunAsync(
        string program, string[] arguments, string input, string? folder = null, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await errors}");
        return (await output).Trim();
    }

    private static string Block(string language) =>
        Regex.Match(Here("../../../docs/webhooks.md"), $"```{language}\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value;

    private static string Here(string path, [CallerFilePath] string file = "") =>
        File.ReadAllText(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path)));

    private sealed record Signed(string Secret, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
