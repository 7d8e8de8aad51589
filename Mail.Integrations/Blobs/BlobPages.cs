using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Mail.Integrations.Blobs;

/// <summary>The pages of a listing, each fetched when it is asked for.</summary>
internal sealed class BlobPages(Func<string?, int?, Task<Page<BlobItem>>> fetch) : AsyncPageable<BlobItem>
{
    private const long MaxPageCharacters = 32 * 1024 * 1024;
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxPageCharacters };

    public override async IAsyncEnumerable<Page<BlobItem>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        do
        {
            var page = await fetch(continuationToken, pageSizeHint);
            yield return page;
            continuationToken = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(continuationToken));
    }

    public static Page<BlobItem> Read(Response response)
    {
        using var reader = XmlReader.Create(response.ContentStream!, Safe);
        var list = XDocument.Load(reader).Root!;
        var items = list.Element("Blobs")!.Elements("Blob").Select(ReadItem).ToList();
        var next = (string?)list.Element("NextMarker");
        return Page<BlobItem>.FromValues(items, string.IsNullOrEmpty(next) ? null : next, response);
    }

    private static BlobItem ReadItem(XElement blob)
    {
        var properties = blob.Element("Properties");
        return new BlobItem(
            (string)blob.Element("Name")!,
            (long?)properties?.Element("Content-Length") ?? 0,
            (string?)properties?.Element("Content-Type"),
            (string?)properties?.Element("Etag") is { } etag ? new ETag(etag) : null,
            (string?)properties?.Element("Last-Modified") is { } date ? DateTimeOffset.ParseExact(date, "r", CultureInfo.InvariantCulture) : null);
    }
}
