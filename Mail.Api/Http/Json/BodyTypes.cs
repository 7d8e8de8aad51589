using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Mail.Api.Http.Json;

/// <summary>How each feature's bodies are read and written: by a context of its own, with the options of <see cref="ApiJson"/>.</summary>
internal static class BodyTypes
{
    public static IServiceCollection AddBodies(this IServiceCollection services, JsonSerializerContext context) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, context));

    /// <summary>The type as the context says that knows it, so that its strictness applies and not that of the framework.</summary>
    public static JsonTypeInfo Find(IServiceProvider services, Type type) =>
        services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions.TypeInfoResolverChain
            .OfType<JsonSerializerContext>().Select(context => context.GetTypeInfo(type)).FirstOrDefault(found => found is not null)
        ?? throw new InvalidOperationException($"{type} is in no JsonSerializerContext: declare it and call AddBodies.");
}
