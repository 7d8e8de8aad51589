using System.Net;
using Mail.Core.Net;
using Mail.Core.Queue;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tls;

/// <summary>What became of fetching a policy.</summary>
public abstract record PolicyFetch
{
    private PolicyFetch()
    {
    }

    public sealed record Fetched(MtaStsPolicy Policy) : PolicyFetch;

    /// <param name="Problem">In the words of RFC 8460 §4.3.2.2.</param>
    public sealed record Failed(string Problem, string Detail) : PolicyFetch;
}

/// <summary>Fetches a domain's policy over HTTPS: bounded in size and time, from public addresses, without redirects (RFC 8461 §3.3).</summary>
public sealed class MtaStsFetch(
    IHttpClientFactory clients, IOptions<TlsOptions> options, TimeProvider clock)
{
    public const string ClientName = "mta-sts";

    public async Task<PolicyFetch> FetchAsync(string domain, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.MtaStsTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(MtaStsPolicy.UriFor(domain)) { Port = options.Value.MtaStsPort }.Uri);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new PolicyFetch.Failed(TlsReportResult.StsWebPkiInvalid, error.InnerException?.Message ?? error.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new PolicyFetch.Failed(TlsReportResult.StsPolicyFetchError, error.InnerException?.Message ?? error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PolicyFetch.Failed(TlsReportResult.StsPolicyFetchError, $"no policy within {options.Value.MtaStsTimeout.TotalSeconds:0.#} s");
        }
    }

    private static async Task<PolicyFetch> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // RFC 8461 §3.3: 200 and nothing else, 3xx included.
        if (response.StatusCode != HttpStatusCode.OK)
            return new PolicyFetch.Failed(TlsReportResult.StsPolicyFetchError, $"the answer is {(int)response.StatusCode}");
        // RFC 8461 §3.2: text/plain guards against hosts where strangers can put other content.
        if (!string.Equals(response.Content.Headers.ContentType?.MediaType, "text/plain", StringComparison.OrdinalIgnoreCase))
            return new PolicyFetch.Failed(TlsReportResult.StsPolicyFetchError, $"the policy is {response.Content.Headers.ContentType?.MediaType ?? "of no type"}, not text/plain");
        var text = new byte[MtaStsPolicy.MaxOctets + 1];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
        return MtaStsPolicy.Parse(text.AsSpan(0, length)) switch
        {
            MtaStsPolicyResult.Valid(var policy) => new PolicyFetch.Fetched(policy),
            MtaStsPolicyResult.Invalid(var problem) => new PolicyFetch.Failed(TlsReportResult.StsPolicyInvalid, problem),
            _ => throw new InvalidOperationException("No result of parsing."),
        };
    }

    internal static SocketsHttpHandler Handler(IDnsResolver resolver, DeliveryOptions delivery, TrustedRoots roots)
    {
        var connector = new GuardedConnector(resolver, new AddressPolicy(delivery.AllowPrivateAddresses, delivery.AllowPrivateAddresses, []));
        return new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
                await connector.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
            SslOptions = { CertificateChainPolicy = roots.ChainPolicy() },
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
        };
    }
}
