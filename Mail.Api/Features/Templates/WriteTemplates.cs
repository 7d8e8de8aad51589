using System.Diagnostics;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Templates;

/// <summary>Makes and changes templates on the Mail surface.</summary>
internal static class WriteTemplates
{
    public static async Task<Results<Created<Envelope<TemplateResponse>>, Problem>> Create(
        Body<CreateTemplateRequest> body, EditTemplates templates, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var content = ContentOf(request.Subject!, request.Html, request.Text, request.Design, request.InlineCss);
        var organization = context.Caller().Organization;
        var outcome = await templates.CreateAsync(organization, request.Name!, request.Slug, content, isPublished: true, cancellationToken);
        if (outcome is not TemplateChanged.Done(var template, var latest))
            return Refusal(outcome);
        var view = await views.OfAsync(organization, template, latest, cancellationToken);
        return Envelope.Created($"/v1/mail/templates/{view.Id}", "Template created", view);
    }

    public static Task<Results<Ok<Envelope<TemplateResponse>>, Problem>> Update(
        string idOrSlug, Body<UpdateTemplateRequest> body, EditTemplates templates, TemplateViews views, HttpContext context,
        CancellationToken cancellationToken)
    {
        var request = body.Value;
        var edit = new TemplateEdit(request.Name, request.Slug, StatusOf(request.Status), request.Subject, request.Html, request.Text, request.Design?.ToContent(""), request.InlineCss);
        return ChangeAsync(idOrSlug, views, context,
            key => templates.UpdateAsync(context.Caller().Organization, key, edit, activates: true, cancellationToken), cancellationToken);
    }

    public static async Task<Results<NoContent, Problem>> Delete(
        string idOrSlug, EditTemplates templates, HttpContext context, CancellationToken cancellationToken) =>
        TemplateKey.Read(idOrSlug) is { } key && await templates.DeleteAsync(context.Caller().Organization, key, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound(ReadTemplates.What);

    public static async Task<Results<Created<Envelope<TemplateVersionResponse>>, Problem>> CreateVersion(
        string idOrSlug, Body<CreateTemplateVersionRequest> body, EditTemplates templates, TemplateViews views, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (TemplateKey.Read(idOrSlug) is not { } key)
            return Problem.NotFound(ReadTemplates.What);
        var request = body.Value;
        var edit = new TemplateEdit(Subject: request.Subject, Html: request.Html, Text: request.Text, Design: request.Design?.ToContent(""), InlineCss: request.InlineCss);
        var outcome = await templates.AddVersionAsync(context.Caller().Organization, key, edit, request.Activate == true, cancellationToken);
        return outcome is TemplateChanged.Done(var template, var latest)
            ? Envelope.Created($"/v1/mail/templates/{template.Id}/versions/{latest.Id}", "Version created", views.Of(template, latest))
            : Refusal(outcome);
    }

    public static async Task<Results<Ok<Envelope<TemplateResponse>>, Problem>> Activate(
        string idOrSlug, string versionId, TemplateStore store, EditTemplates templates, TemplateViews views, HttpContext context,
        CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await ReadTemplates.FindAsync(organization, idOrSlug, store, cancellationToken) is not { } template)
            return Problem.NotFound(ReadTemplates.What);
        if (await ReadTemplates.FindVersionAsync(organization, template, versionId, store, cancellationToken) is not { } version)
            return Problem.NotFound("version");
        return await ChangeAsync(template.Id.ToString(), views, context,
            key => templates.ActivateAsync(organization, key, version.Number, cancellationToken), cancellationToken);
    }

    public static Problem Refusal(TemplateChanged outcome) => outcome switch
    {
        TemplateChanged.NotFound => Problem.NotFound(ReadTemplates.What),
        TemplateChanged.SlugTaken(var slug) => TemplateProblems.SlugTaken(slug),
        TemplateChanged.Invalid(var errors) => TemplateProblems.Of(errors),
        _ => throw new UnreachableException(),
    };

    public static TemplateContent ContentOf(string subject, string? html, string? text, DesignInput? design, bool? inlineCss) =>
        design?.ToContent(subject) ?? new TemplateContent(subject, Full(html), Full(text), null) { InlineCss = inlineCss == true };

    private static string? Full(string? body) => string.IsNullOrEmpty(body) ? null : body;

    private static async Task<Results<Ok<Envelope<TemplateResponse>>, Problem>> ChangeAsync(
        string idOrSlug, TemplateViews views, HttpContext context, Func<TemplateKey, Task<TemplateChanged>> change, CancellationToken cancellationToken)
    {
        if (TemplateKey.Read(idOrSlug) is not { } key)
            return Problem.NotFound(ReadTemplates.What);
        var outcome = await change(key);
        return outcome is TemplateChanged.Done(var template, var latest)
            ? Envelope.Ok(await views.OfAsync(context.Caller().Organization, template, latest, cancellationToken))
            : Refusal(outcome);
    }

    private static TemplateStatus? StatusOf(string? text) => text switch
    {
        "active" => TemplateStatus.Active,
        "archived" => TemplateStatus.Archived,
        _ => null,
    };
}
