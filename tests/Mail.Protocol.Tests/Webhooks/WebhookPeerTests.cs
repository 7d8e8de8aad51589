using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Mail.Protocol.Webhooks;

namespace Mail.Protocol.Tests.Webhooks;

/// <summary>The npm packages standardwebhooks and svix in tests/tools verify what we sign, and we what they sign.</summary>
public class WebhookPeerTests
{
    private const string Script = """
        const { createHmac } = require("crypto");
        const job = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const { Webhook } = require(job.package);
        const wh = new Webhook(job.secret);
        const headers = { "webhook-id": job.id, "webhook-timestamp": String(job.timestamp), "webhook-signature": job.signature,
          "svix-id": job.id, "svix-timestamp": String(job.timestamp), "svix-signature": job.signature };
        let verified = true;
        try { wh.verify(job.body, headers); } catch (e) { verified = false; }
        console.log(JSON.stringify({ verified, signature: wh.sign(job.id, new Date(job.timestamp * 1000), job.body) }));
        """;

    [Theory]
    [InlineData("standardwebhooks")]
    [InlineData("svix")]
    public async Task Peer_and_we_verify_each_other(string package)
    {
        var secret = WebhookSecret.Generate();
        var body = """{"type":"mail.message.bounced","data":{"name":"Grüße 🙂"}}""";
        var now = TimeProvider.System.GetUtcNow();
        var ours = StandardWebhookSignature.Sign("msg_1", now, Encoding.UTF8.GetBytes(body), WebhookSecret.Generate(), secret);

        var answer = await Ask(new { package, secret = secret.Reveal(), id = "msg_1", timestamp = now.ToUnixTimeSeconds(), signature = ours, body });
        var forged = await Ask(new { package, secret = secret.Reveal(), id = "msg_2", timestamp = now.ToUnixTimeSeconds(), signature = ours, body });

        Assert.True(answer.GetProperty("verified").GetBoolean());
        Assert.False(forged.GetProperty("verified").GetBoolean());
        var theirs = answer.GetProperty("signature").GetString()!;
        Assert.Equal(WebhookVerification.Valid, StandardWebhookSignature.Verify(
            "msg_1", $"{now.ToUnixTimeSeconds()}", theirs, Encoding.UTF8.GetBytes(body), secret, now));
    }

    private static async Task<JsonElement> Ask(object job, [CallerFilePath] string file = "")
    {
        var tools = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "tools"));
        var start = new ProcessStartInfo("node", ["-e", Script])
        {
            WorkingDirectory = tools,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(job));
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
