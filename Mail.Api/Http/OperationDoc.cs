namespace Mail.Api.Http;

/// <summary>What the OpenAPI document says of a route beyond what its types say.</summary>
/// <param name="Id">The <c>operationId</c>, which is the name of the method in SDKs: <c>mail.messages.list</c>.</param>
/// <param name="Errors">Refusals of its own; those that every route of its kind has are known.</param>
internal sealed record OperationDoc(string Id, string Summary, IReadOnlyList<ProblemKind> Errors);

internal static class OperationDocs
{
    /// <summary>Names the route in the OpenAPI document. A route that has not got it fails a test.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, string id, string summary, params ProblemKind[] errors)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OperationDoc(id, summary, errors));

    /// <summary>Says what a route answers whose handler's type does not.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder endpoint, int status, Type? type = null) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, type ?? typeof(void), type is null ? [] : ["application/json"]));
}

/// <summary>Fields that a body must have, where its validator says so and not its type.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RequiredFieldsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names => names;
}
