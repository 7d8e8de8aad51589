using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>Walks the parts of a report. Messages within it are not entered: they are what the report is about.</summary>
internal static class MimeParts
{
    /// <summary>The first part that fits, depth first; the depth is bounded by <see cref="MimeLimits.MaxDepth"/>.</summary>
    public static MimeEntity? Find(MimeEntity part, Predicate<MimeEntity> fits)
    {
        if (fits(part))
            return part;
        if (!part.ContentType.IsMultipart)
            return null;
        foreach (var child in part.Children)
        {
            if (Find(child, fits) is { } found)
                return found;
        }

        return null;
    }
}
