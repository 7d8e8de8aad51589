using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Routes;

/// <summary>One method at one address, as the application itself lists it: tests that walk these cover routes that are added later.</summary>
internal sealed record ApiRoute(string Method, string Pattern, RouteEndpoint Endpoint)
{
    public string? Scope => Endpoint.Metadata.GetMetadata<RequiredScope>()?.Scope;

    public bool IsForOperator => Endpoint.Metadata.GetMetadata<OperatorOnly>() is not null;

    public bool IsOpen => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    public bool HasId => Pattern.Contains('{', StringComparison.Ordinal);

    public bool TakesBody => Method is "POST" or "PUT" or "PATCH";

    /// <summary>The routes under <c>/api/v1/mail</c> are those under <c>/v1/mail</c>.</summary>
    public bool IsTwin => Pattern.StartsWith("/api/v1/mail", StringComparison.Ordinal);

    public static List<ApiRoute> Of(ApiApplication application) =>
    [
        .. application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"],
                (endpoint, method) => new ApiRoute(method, "/" + endpoint.RoutePattern.RawText!.Trim('/'), endpoint)),
    ];

    /// <summary>The route with this value for each of its parameters.</summary>
    public string PathWith(string id) => string.Join('/', Pattern.Split('/').Select(part => part.StartsWith('{') ? id : part));

    /// <summary>What the handler reads its body as; null when it reads none, or by other means.</summary>
    public JsonTypeInfo? BodyType(IServiceProvider services) =>
        Handler?.GetParameters().Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>))
            .Select(type => BodyTypes.Find(services, type.GetGenericArguments()[0])).FirstOrDefault();

    /// <summary>The names of the query parameters.</summary>
    public IEnumerable<string> Query => Handler?.GetParameters()
        .Where(parameter => parameter.ParameterType == typeof(string) && !Pattern.Contains("{" + parameter.Name, StringComparison.Ordinal))
        .Select(parameter => parameter.Name!) ?? [];

    public override string ToString() => $"{Method} {Pattern}";

    private MethodInfo? Handler => Endpoint.Metadata.GetMetadata<MethodInfo>();
}
