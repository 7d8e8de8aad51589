using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Queue;

namespace Mail.Api.Features.Delivery;

internal static class DeliveryFeature
{
    public static WebApplicationBuilder AddDelivery(this WebApplicationBuilder builder)
    {
        builder.AddDeliveryOperations();
        builder.Services.AddBodies(DeliveryJson.Default)
            .AddSingleton<IValidator<HoldRequest>, HoldValidator>()
            .AddSingleton<IValidator<QueueFilterRequest>, QueueFilterValidator>()
            .AddSingleton<IValidator<RouteRequest>, RouteValidator>()
            .AddSingleton<IValidator<SourceRequest>, SourceValidator>()
            .AddSingleton<ExplainSending>();
        return builder;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(QueueFilterRequest))]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(SourceRequest))]
[JsonSerializable(typeof(DeliveryQueueResponse))]
[JsonSerializable(typeof(IReadOnlyList<HoldResponse>))]
[JsonSerializable(typeof(QueueChangeResponse))]
[JsonSerializable(typeof(RecipientExplanationResponse))]
[JsonSerializable(typeof(MessageTraceResponse))]
[JsonSerializable(typeof(IReadOnlyList<RouteResponse>))]
[JsonSerializable(typeof(IReadOnlyList<SourceResponse>))]
[JsonSerializable(typeof(SourceResponse))]
[JsonSerializable(typeof(Envelope<SendExplanation>))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
