namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address that the dashboard shows beside a resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    public required string Url { get; set; }

    public string? DisplayText { get; set; }
}

/// <summary>Gives a resource further addresses.</summary>
public sealed class ResourceUrlsCallbackAnnotation(Action<ResourceUrlsCallbackContext> callback) : IResourceAnnotation
{
    public Action<ResourceUrlsCallbackContext> Callback { get; } = callback;
}

/// <param name="resource">Whose addresses they are.</param>
public class ResourceUrlsCallbackContext(IResource resource)
{
    public IResource Resource { get; } = resource;

    /// <summary>Those that were added; endpoints stand before them by themselves.</summary>
    public List<ResourceUrlAnnotation> Urls { get; } = [];
}
