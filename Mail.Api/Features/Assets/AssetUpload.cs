using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Assets;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

/// <summary><c>POST /assets/upload</c>.</summary>
internal static class AssetUpload
{
    public static async Task<IResult> Upload(
        HttpContext context, AssetUploads uploads, AssetAddresses addresses, IOptions<AssetOptions> options, CancellationToken cancellationToken)
    {
        var (key, problem) = IdempotencyKeys.Read(context, null);
        if (problem is not null)
            return problem;
        var organization = context.Caller().Organization;
        var form = new AssetForm(uploads, organization, options.Value);
        if (await form.ReadAsync(context.Request, cancellationToken) is { } refused)
            return refused;
        var outcome = await uploads.PutAsync(
            organization, form.Fields!.Describe(), form.Blob!, key, key is null ? [] : form.Hash(), cancellationToken);
        return UploadAnswer.Of(outcome, organization, addresses, context);
    }
}
