using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

internal static class MessageBodies
{
    /// <summary>The body may be as large as a message with its attachments.</summary>
    public static TBuilder TakesMessages<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new RequestSizeLimitAttribute(
            builder.ApplicationServices.GetRequiredService<IOptions<SendOptions>>().Value.MaxRequestBytes)));
        return endpoint;
    }
}
