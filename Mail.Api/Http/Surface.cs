namespace Mail.Api.Http;

/// <summary>The two dialects of the API.</summary>
internal enum Surface
{
    /// <summary><c>/v1/mail</c>: bodies in an envelope.</summary>
    Mail,

    /// <summary><c>/v1/emails</c> and its siblings: bare bodies.</summary>
    Account,
}

internal static class Surfaces
{
    public static TBuilder WithSurface<TBuilder>(this TBuilder group, Surface surface) where TBuilder : IEndpointConventionBuilder =>
        group.WithMetadata(new SurfaceMetadata(surface));

    public static Surface? Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<SurfaceMetadata>()?.Surface;

    internal sealed record SurfaceMetadata(Surface Surface);
}
