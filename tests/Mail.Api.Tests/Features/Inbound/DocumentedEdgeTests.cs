using System.Diagnostics;
using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Inbound;

/// <summary>The commands that the documentation gives an edge server are run as they stand, against a socket.</summary>
public sealed class DocumentedEdgeTests
{
    private const string Token = "an operator's token of some length";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Commands_of_the_documentation_work()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var blobs = await AzuriteServer.SharedAsync();
        await using var application = new ApiApplication(
            database.ConnectionString, blobs.ConnectionString, settings: new Dictionary<string, string> { ["Mail:OperatorToken"] = Token });
        application.UseKestrel(0);
        application.StartServer();
        var tenant = await application.TenantAsync();
        await application.ExecuteAsync(
            "insert into inbound_domains (organization_id, id, name, status, verified_at) values ($1, uuidv7(), 'in.edge.example', 'verified', now())",
            tenant.Organization.Value);
        var path = application.Services.GetRequiredService<ReturnPath>().Write(await SendAsync(application, tenant), 0) + "@bounce.mail.localhost";
        var folder = Directory.CreateTempSubdirectory("edge");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mail.eml"), "From: ann@writer.example\r\nSubject: hello\r\n\r\ntext\r\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bounce.eml"),
            "From: MAILER-DAEMON@mx.example\r\nX-Failed-Recipients: ada@example.net\r\n\r\nada@example.net\r\n550 5.1.1 user unknown\r\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "complaint.eml"),
            $"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Mail-From: <{path}>\r\n");

        var output = await RunAsync(Snippet(), folder.FullName, new Dictionary<string, string>
        {
            ["MAIL_API"] = application.ClientOptions.BaseAddress.ToString().TrimEnd('/'), ["OPERATOR_TOKEN"] = Token,
            ["INBOUND_ADDRESS"] = "help@in.edge.example", ["RETURN_PATH"] = path,
        });

        folder.Delete(recursive: true);
        Assert.Contains("{\"outcome\":\"stored\",\"id\":\"inm_", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split("\"outcome\":\"recorded\"").Length - 1);
        Assert.Contains("\"hasMore\":false", output, StringComparison.Ordinal);
    }

    private static async Task<MessageId> SendAsync(ApiApplication application, Tenant tenant)
    {
        using var sent = await tenant.Client.PostJsonAsync("/v1/mail/send", new { from = tenant.Sender, to = "ada@example.net", subject = "hello", text = "hello" });
        Assert.True(PrefixedId.TryParse<MessageId>((await sent.ReadAsync(202)).Text("data", "id"), out var id));
        await application.ExecuteAsync(
            "update message_recipients set status = 'sent', settled_at = now(), next_attempt_at = null where message_id = $1", id.Value);
        await application.ExecuteAsync("update messages set status = 'sent', settled_at = now() where id = $1", id.Value);
        return id;
    }

    private static string Snippet()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/inbound.md"));
        var section = page[page.IndexOf("## From an edge server", StringComparison.Ordinal)..];
        var start = section.IndexOf("```sh\n", StringComparison.Ordinal) + 6;
        return section[start..section.IndexOf("```\n", start, StringComparison.Ordinal)];
    }

    private static async Task<string> RunAsync(string script, string folder, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{await output}\n{await errors}");
        return await output;
    }
}
