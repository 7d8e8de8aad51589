using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Templates;

/// <summary>The Account surface: a draft is edited, and published when it is ready. What was published is sent until then.</summary>
internal static class AccountTemplates
{
    public static async Task<Results<Ok<IReadOnlyList<AccountTemplateSummary>>, Problem>> List(
        string? cursor, string? limit, TemplateStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<TemplateId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var rows = await store.ListAsync(context.Caller().Organization, new TemplateFilter(), page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, rows, page, AccountTemplateSummary.Of, template => template.Id);
    }

    public static async Task<Results<Ok<AccountTemplateResponse>, Problem>> Get(
        string id, TemplateStore store, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await ReadTemplates.FindAsync(organization, id, store, cancellationToken) is not { } template)
            return Problem.NotFound(ReadTemplates.What);
        var latest = await store.FindVersionAsync(organization, template.Id, template.LastVersion, cancellationToken);
        return TypedResults.Ok(views.OfAccount(template, latest!));
    }

    public static async Task<Results<Created<AccountTemplateResponse>, Problem>> Create(
        Body<DraftTemplateRequest> body, EditTemplates templates, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var content = WriteTemplates.ContentOf(request.Subject!, request.Html, request.Text, request.Design, request.InlineCss);
        var outcome = await templates.CreateAsync(
            context.Caller().Organization, request.Name!, request.Slug, content, isPublished: false, cancellationToken);
        return outcome is TemplateChanged.Done(var template, var latest)
            ? TypedResults.Created($"/v1/templates/{template.Id}", views.OfAccount(template, latest))
            : WriteTemplates.Refusal(outcome);
    }

    public static Task<Results<Ok<AccountTemplateResponse>, Problem>> Update(
        string id, Body<DraftTemplateRequest> body, EditTemplates templates, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var request = body.Value;
        // A body that is absent is gone: PUT says all of it.
        var edit = new TemplateEdit(
            request.Name, request.Slug, null, request.Subject, request.Html ?? "", request.Text ?? "", request.Design?.ToContent(""),
            request.InlineCss == true);
        return ChangeAsync(id, views, key =>
            templates.UpdateAsync(context.Caller().Organization, key, edit, activates: false, cancellationToken));
    }

    public static Task<Results<Ok<AccountTemplateResponse>, Problem>> Publish(
        string id, EditTemplates templates, TemplateViews views, HttpContext context, CancellationToken cancellationToken) =>
        ChangeAsync(id, views, key => templates.ActivateAsync(context.Caller().Organization, key, null, cancellationToken));

    public static Task<Results<NoContent, Problem>> Delete(
        string id, EditTemplates templates, HttpContext context, CancellationToken cancellationToken) =>
        WriteTemplates.Delete(id, templates, context, cancellationToken);

    private static async Task<Results<Ok<AccountTemplateResponse>, Problem>> ChangeAsync(
        string id, TemplateViews views, Func<TemplateKey, Task<TemplateChanged>> change)
    {
        if (TemplateKey.Read(id) is not { } key)
            return Problem.NotFound(ReadTemplates.What);
        var outcome = await change(key);
        return outcome is TemplateChanged.Done(var template, var latest)
            ? TypedResults.Ok(views.OfAccount(template, latest))
            : WriteTemplates.Refusal(outcome);
    }
}
