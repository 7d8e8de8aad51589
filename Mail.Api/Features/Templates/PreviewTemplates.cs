using System.Text;
using System.Text.Json;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Templates;

/// <summary>Shows what a template renders to, without sending it.</summary>
internal sealed class PreviewTemplates(TemplateStore store, SendableTemplates compiled, IOptions<TemplateLimits> limits, TimeProvider clock)
{
    // Gmail cuts a longer mail off and hides the rest behind a link.
    private const int ClippedAt = 102 * 1024;

    public static async Task<Results<Ok<Envelope<TemplatePreviewResponse>>, Problem>> Mail(
        string idOrSlug, Body<PreviewTemplateRequest> body, PreviewTemplates previews, HttpContext context, CancellationToken cancellationToken)
    {
        var (preview, problem) = await previews.OfStoredAsync(idOrSlug, body.Value, context, cancellationToken);
        return preview is not null ? Envelope.Ok(preview) : problem!;
    }

    public static async Task<Results<Ok<TemplatePreviewResponse>, Problem>> Account(
        string id, Body<PreviewTemplateRequest> body, PreviewTemplates previews, HttpContext context, CancellationToken cancellationToken)
    {
        var (preview, problem) = await previews.OfStoredAsync(id, body.Value, context, cancellationToken);
        return preview is not null ? TypedResults.Ok(preview) : problem!;
    }

    public static Results<Ok<Envelope<TemplatePreviewResponse>>, Problem> Content(Body<PreviewContentRequest> body, PreviewTemplates previews)
    {
        var request = body.Value;
        var content = WriteTemplates.ContentOf(request.Subject ?? "", request.Html, request.Text, request.Design, request.InlineCss);
        var (prepared, errors) = TemplateInlining.Prepare(content, previews.Limits, previews.Clock);
        if (prepared is null)
            return TemplateProblems.Of(errors);
        var parts = TemplateParts.Compile(prepared, previews.Limits).Parts!;
        var (preview, problem) = previews.Render(parts, request.Data?.Value);
        return preview is not null ? Envelope.Ok(preview) : problem!;
    }

    private TemplateLimits Limits => limits.Value;

    private TimeProvider Clock => clock;

    private async Task<(TemplatePreviewResponse? Preview, Problem? Problem)> OfStoredAsync(
        string idOrSlug, PreviewTemplateRequest request, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await ReadTemplates.FindAsync(organization, idOrSlug, store, cancellationToken) is not { } template)
            return (null, Problem.NotFound(ReadTemplates.What));
        var number = template.ActiveVersion ?? template.LastVersion;
        if (request.VersionId is { } versionId)
        {
            if (await ReadTemplates.FindVersionAsync(organization, template, versionId, store, cancellationToken) is not { } version)
                return (null, Problem.NotFound("version"));
            number = version.Number;
        }
        return await compiled.CompileAsync(organization, template.Id, number, cancellationToken) is { } parts
            ? Render(parts, (request.Data ?? request.Variables)?.Value)
            : (null, Problem.NotFound("version"));
    }

    private (TemplatePreviewResponse? Preview, Problem? Problem) Render(TemplateParts parts, JsonElement? data)
    {
        var result = parts.Render(
            TemplateModel.Read(data, Limits).Model!.With(UnsubscribeVariable.Name, UnsubscribeVariable.StandIn), Limits, clock);
        if (result.Error is { } error)
            return (null, TemplateProblems.Of([error]));
        return (new TemplatePreviewResponse(
            result.Subject, result.Html, result.Text, [.. result.Missing.Select(variable => variable.Name)], [.. WarningsOf(result), .. parts.InliningWarnings(Limits, clock)]), null);
    }

    private static IEnumerable<string> WarningsOf(PartsRendering result)
    {
        if (result.Html is { } html && Encoding.UTF8.GetByteCount(html) is var bytes and > ClippedAt)
            yield return $"The HTML has {bytes / 1024} KB; Gmail cuts it off at {ClippedAt / 1024} KB.";
        if (string.IsNullOrWhiteSpace(result.Subject))
            yield return "The subject is empty with these variables.";
        if (UnsubscribeVariable.IsIn(result.Subject))
            yield return $"'{UnsubscribeVariable.Name}' is for html and text: with it in the subject the message is refused.";
        else if (UnsubscribeVariable.IsIn(result.Html) || UnsubscribeVariable.IsIn(result.Text))
            yield return "The address to unsubscribe is written for each recipient when the message has \"unsubscribe\": true; without, it is refused.";
    }
}
