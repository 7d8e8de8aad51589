namespace Mail.Api.Http;

internal static class ApiLimits
{
    /// <summary>The largest body of an endpoint that does not say otherwise.</summary>
    public const long MaxBodyBytes = 1024 * 1024;
}
