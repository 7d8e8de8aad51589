using Mail.Core.Net;
using Mail.Core.Webhooks;
using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Webhooks;

/// <summary>Connects to the host of an endpoint, where the rules for endpoints allow it.</summary>
internal sealed class WebhookConnector(IDnsResolver resolver, IOptions<WebhookOptions> options)
{
    private readonly GuardedConnector _connector = new(resolver, options.Value.AddressPolicy());

    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await _connector.ConnectAsync(host, port, cancellationToken);
        }
        catch (RefusedConnectionException refused)
        {
            throw new WebhookRefusedException(refused.IsUnknown ? WebhookErrors.DnsFailed : WebhookErrors.AddressNotPublic, refused.Message);
        }
    }
}

/// <summary>Raised out of the connection callback, where a value cannot come back.</summary>
internal sealed class WebhookRefusedException(string error, string message) : Exception(message)
{
    public string Error => error;
}
