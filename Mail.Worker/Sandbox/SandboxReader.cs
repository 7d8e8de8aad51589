using System.Text;
using Mail.Core.Domains;
using Mail.Core.Sandbox;
using Mail.Core.TrackedMail;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Sandbox;

/// <summary>
/// Opens mail and follows links as the program of a reader does, at the origin that the operator names: the mail tells the
/// path only, and that was signed by us.
/// </summary>
internal sealed class SandboxReader(
    IHttpClientFactory clients, IOptions<SandboxOptions> options, IOptions<TrackingOptions> tracking, IOptions<MailHostOptions> host)
{
    public const string ClientName = "sandbox";

    // Without the words by which machines are told from people.
    private const string UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0 Mail-Sandbox/1.0";

    private readonly string _origin = options.Value.Origin ?? tracking.Value.Origin ?? $"https://{host.Value.Name}";

    /// <summary>Null when it was answered, else why not.</summary>
    public async Task<string?> VisitAsync(SandboxFollowUp followUp, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Get, _origin + Encoding.ASCII.GetString(followUp.Content));
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            // 302 is the answer to a click.
            return (int)response.StatusCode is >= 200 and < 400 ? null : $"{_origin} answers {(int)response.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            return $"{_origin}: {error.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{_origin} does not answer";
        }
    }
}
