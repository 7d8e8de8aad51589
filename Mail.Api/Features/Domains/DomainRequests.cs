using Mail.Api.Http;

namespace Mail.Api.Features.Domains;

/// <summary>The body of <c>POST /v1/mail/domains</c> and <c>POST /v1/domains</c>.</summary>
[RequiredFields("domain")]
public sealed record CreateDomainRequest
{
    /// <summary>The domain to send from; international names in either form.</summary>
    public string? Domain { get; init; }

    /// <summary>A domain registered with the service. There are none here: send <c>domain</c>.</summary>
    public string? RegisteredDomainId { get; init; }

    /// <summary>The label under which bounces come back; <c>mail</c> when absent.</summary>
    public string? MailFromSubdomain { get; init; }

    /// <summary>Whether links and images of its mail should point to a host under the domain, <c>track.&lt;domain&gt;</c>.</summary>
    public bool? Tracking { get; init; }

    /// <summary>How much TLS its mail needs: <c>opportunistic</c>, or <c>required</c>: nothing is sent in the clear. <c>opportunistic</c> when absent.</summary>
    public string? Tls { get; init; }
}

/// <summary>The body of <c>PATCH /v1/mail/domains/{id}</c>. What is absent stays as it is.</summary>
public sealed record UpdateDomainRequest
{
    /// <summary>Whether opens are followed unless a message says otherwise.</summary>
    public bool? TrackOpens { get; init; }

    /// <summary>Whether clicks are followed unless a message says otherwise.</summary>
    public bool? TrackClicks { get; init; }

    /// <summary>A host under the domain that links and images point to; empty for that of the service.</summary>
    public string? TrackingHost { get; init; }

    /// <summary><c>opportunistic</c>, or <c>required</c>: nothing is sent in the clear, what waits included.</summary>
    public string? Tls { get; init; }
}
