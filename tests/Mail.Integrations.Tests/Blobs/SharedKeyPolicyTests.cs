using Azure.Core;
using Azure.Core.Pipeline;
using Mail.Integrations.Blobs;

namespace Mail.Integrations.Tests.Blobs;

public sealed class SharedKeyPolicyTests
{
    [Fact]
    public void A_request_is_signed_in_the_documented_form()
    {
        var request = Request(RequestMethod.Put, "https://acc.blob.core.windows.net/box/a%20b/c?comp=block&blockid=QUJD%3D&Timeout=20&z=2&z=1");
        request.Headers.SetValue("x-ms-version", "2023-11-03");
        request.Headers.SetValue("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
        request.Headers.SetValue("X-MS-Meta-b", "  padded ");
        request.Headers.SetValue("Content-Type", "text/plain");
        request.Headers.SetValue("If-None-Match", "*");
        request.Headers.SetValue("Range", "bytes=1-2");
        request.Content = RequestContent.Create("hello"u8.ToArray());
        const string expected = "PUT\n\n\n5\n\ntext/plain\n\n\n\n*\n\nbytes=1-2\n"
            + "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-meta-b:padded\nx-ms-version:2023-11-03\n"
            + "/acc/box/a%20b/c\nblockid:QUJD=\ncomp:block\ntimeout:20\nz:1,2";
        Assert.Equal(expected, SharedKeyPolicy.StringToSign(request, "acc"));
    }

    [Fact]
    public void An_empty_body_is_signed_without_a_length()
    {
        var request = Request(RequestMethod.Put, "http://127.0.0.1:10000/dev/box?restype=container");
        request.Content = RequestContent.Create(Array.Empty<byte>());
        Assert.Equal("PUT" + new string('\n', 12) + "/dev/dev/box\nrestype:container", SharedKeyPolicy.StringToSign(request, "dev"));
    }

    private static Request Request(RequestMethod method, string address)
    {
        var request = HttpPipelineBuilder.Build(new Azure.Storage.Blobs.BlobClientOptions()).CreateRequest();
        request.Method = method;
        request.Uri.Reset(new Uri(address));
        return request;
    }
}
