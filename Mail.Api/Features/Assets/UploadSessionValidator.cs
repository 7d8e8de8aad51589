using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Core.Assets;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Assets;

internal sealed class UploadSessionValidator : AbstractValidator<UploadSessionRequest>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    public UploadSessionValidator(IOptions<AssetOptions> options)
    {
        var limits = options.Value;
        RuleFor(request => request).Custom((request, context) =>
        {
            foreach (var error in FieldsOf(request).Check(limits))
                context.AddFailure(Failures.Of(error.Path, error.Code, error.Message));
        });
        RuleFor(request => request.Mode).Must(mode => mode is null || UploadTexts.TryParseMode(mode) is not null)
            .WithErrorCode(FieldCodes.InvalidValue).WithMessage("mode must be single or chunked.");
        RuleFor(request => request.FileSize).Must(size => size is null || (size >= 0 && size <= limits.MaxBytes))
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage($"fileSize is at most {limits.MaxBytes}.");
        RuleFor(request => request.MaxBytes).Must(size => size is null || (size > 0 && size <= limits.MaxBytes))
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage($"maxBytes is from 1 to {limits.MaxBytes}.");
        RuleFor(request => request.ExpiresIn).Must(time => time is not { } given || (given.Value >= Shortest && given.Value <= limits.MaxLinkLifetime))
            .WithErrorCode(FieldCodes.OutOfRange).WithMessage($"expiresIn is from {Shortest.TotalSeconds}s to {limits.MaxLinkLifetime.TotalHours}h.");
    }

    public static AssetFields FieldsOf(UploadSessionRequest request) => new(
        request.Bucket, request.Key, request.Visibility, request.FileName, request.MimeType, request.CacheControl, request.Metadata);
}

internal sealed class SignedUrlValidator : AbstractValidator<SignedUrlRequest>
{
    private const int MaxDownloads = 1_000_000;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public SignedUrlValidator(IOptions<AssetOptions> options)
    {
        var longest = options.Value.MaxLinkLifetime;
        RuleFor(request => request).Custom((request, context) =>
        {
            if (request.ExpiresIn is not null && request.ExpiresInSnake is not null)
                context.AddFailure(Failures.Of("/expires_in", FieldCodes.InvalidValue, "Send expiresIn or expires_in, not both."));
            if ((request.ExpiresIn ?? request.ExpiresInSnake) is { } given && (given.Value < Shortest || given.Value > longest))
                context.AddFailure(Failures.Of(request.ExpiresIn is null ? "/expires_in" : "/expiresIn", FieldCodes.OutOfRange,
                    $"A signed address lasts from 1s to {longest.TotalHours}h."));
            if (request.MaxDownloads is < 1 or > MaxDownloads)
                context.AddFailure(Failures.Of("/max_downloads", FieldCodes.OutOfRange, $"max_downloads is from 1 to {MaxDownloads}."));
        });
    }
}
