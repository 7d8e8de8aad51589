using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Webhooks;
using Mail.Protocol.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>The npm packages standardwebhooks and svix in tests/tools verify deliveries as they came over the network.</summary>
public sealed class WebhookPeerTests : IAsyncLifetime
{
    private const string Script = """
        const job = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const verifiers = { standardwebhooks: require("standardwebhooks").Webhook, svix: require("svix").Webhook };
        const answers = job.map(({ verifier, secret, headers, body }) => {
          const named = verifier === "svix" ? Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.replace("webhook-", "svix-"), v])) : headers;
          const octets = Buffer.from(body, "base64");
          try { new verifiers[verifier](secret).verify(octets, named); } catch (e) { return e.message; }
          return "verified " + JSON.parse(octets).type;
        });
        console.log(JSON.stringify(answers));
        """;

    private WebhookSystem _system = null!;
    private WebhookReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _system = await WebhookSystem.CreateAsync();
        _receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData("standardwebhooks")]
    [InlineData("svix")]
    public async Task Verifiers_of_others_accept_what_is_delivered_and_nothing_else(string verifier)
    {
        var (webhook, first) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        var second = (await _system.Webhooks.RotateSecretAsync(_system.Organization, webhook.Id, CancellationToken.None))!.Value.Secret;
        await _system.HappenAsync(_system.Bounce("jörg🙂@example.test"));
        await _system.StartWorkerAsync();
        var request = (await _receiver.UntilAsync(1))[0];
        await _system.AttemptedAsync(webhook.Id, 1);
        var third = (await _system.Webhooks.RotateSecretAsync(_system.Organization, webhook.Id, CancellationToken.None))!.Value.Secret;

        byte[] tampered = [.. request.Body];
        tampered[^2] ^= 1;
        var answers = await AskAsync(
        [
            Job(verifier, first, request),
            Job(verifier, second, request),
            Job(verifier, third, request),
            Job(verifier, WebhookSecret.Generate(), request),
            Job(verifier, second, request with { Body = tampered }),
            Job(verifier, second, With(request, "webhook-id", "evt_other")),
            Job(verifier, second, Replayed(request, first, second)),
        ]);

        // Both secrets of the rotation sign; the one that came later does not.
        Assert.Equal(["verified mail.message.bounced", "verified mail.message.bounced"], answers.Take(2));
        Assert.All(answers[2..6], answer => Assert.Contains("No matching signature", answer, StringComparison.Ordinal));
        Assert.Contains("too old", answers[6], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_is_signed_for_its_own_time()
    {
        var (webhook, secret) = await _system.AddAsync(_receiver.Url, WebhookDialect.Account, types: "email.bounced");
        _receiver.Answer = WebhookReceiver.Status(StatusCodes.Status503ServiceUnavailable);
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();
        await _system.AttemptedAsync(webhook.Id, 1);
        await _system.MakeDueAsync();
        await _system.AttemptedAsync(webhook.Id, 2);

        // A further retry may have come by itself.
        var requests = (await _receiver.UntilAsync(2))[..2];
        var answers = await AskAsync([.. requests.Select(request => Job("standardwebhooks", secret, request))]);

        Assert.Equal(["verified email.bounced", "verified email.bounced"], answers);
        Assert.All(requests, request => Assert.Equal(WebhookVerification.Valid, TimestampedSignature.Verify(
            request.Headers["x-mailstack-signature"], request.Body, secret, TimeProvider.System.GetUtcNow())));
    }

    private static object Job(string verifier, WebhookSecret secret, Received request) => new
    {
        verifier,
        secret = secret.Reveal(),
        headers = request.Headers.Where(header => header.Key.StartsWith("webhook-", StringComparison.Ordinal)).ToDictionary(),
        body = Convert.ToBase64String(request.Body),
    };

    private static Received With(Received request, string header, string value) =>
        request with { Headers = new Dictionary<string, string>(request.Headers) { [header] = value } };

    // What an eavesdropper sends again later is genuine, but old.
    private static Received Replayed(Received request, params WebhookSecret[] secrets)
    {
        var old = TimeProvider.System.GetUtcNow().AddMinutes(-6);
        return With(
            With(request, "webhook-timestamp", old.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            "webhook-signature", StandardWebhookSignature.Sign(request.Id, old, request.Body, secrets));
    }

    private static async Task<string[]> AskAsync(IReadOnlyList<object> jobs, [CallerFilePath] string file = "")
    {
        var start = new ProcessStartInfo("node", ["-e", Script])
        {
            WorkingDirectory = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "tools")),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(jobs));
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<string[]>(output)!;
    }
}
