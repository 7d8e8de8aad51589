using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Templates;

/// <summary>Reads templates and versions on the Mail surface.</summary>
internal static class ReadTemplates
{
    public const string What = "template";
    private static readonly string[] Statuses = ["active", "archived", "deleted"];

    public static async Task<Results<Ok<ListEnvelope<TemplateSummaryResponse>>, Problem>> List(
        string? status, string? name, string? slug, string? cursor, string? limit,
        TemplateStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var filter = new TemplateFilter(StatusOf(query.OneOf("status", status, Statuses)), query.Text("name", name), query.Text("slug", slug));
        var page = query.Page<TemplateId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var rows = await store.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, TemplateSummaryResponse.Of, template => template.Id);
    }

    public static async Task<Results<Ok<Envelope<TemplateResponse>>, Problem>> Get(
        string idOrSlug, TemplateStore store, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        return await FindAsync(organization, idOrSlug, store, cancellationToken) is { } template
            ? Envelope.Ok(await views.OfAsync(organization, template, cancellationToken))
            : Problem.NotFound(What);
    }

    public static async Task<Results<Ok<ListEnvelope<TemplateVersionSummaryResponse>>, Problem>> Versions(
        string idOrSlug, string? cursor, string? limit, TemplateStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<TemplateVersionId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var organization = context.Caller().Organization;
        if (await FindAsync(organization, idOrSlug, store, cancellationToken) is not { } template)
            return Problem.NotFound(What);
        var rows = await store.ListVersionsAsync(organization, template.Id, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, version => TemplateVersionSummaryResponse.Of(version, template), version => version.Id);
    }

    public static async Task<Results<Ok<Envelope<TemplateVersionResponse>>, Problem>> Version(
        string idOrSlug, string versionId, TemplateStore store, TemplateViews views, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await FindAsync(organization, idOrSlug, store, cancellationToken) is not { } template)
            return Problem.NotFound(What);
        return await FindVersionAsync(organization, template, versionId, store, cancellationToken) is { } version
            ? Envelope.Ok(views.Of(template, version))
            : Problem.NotFound("version");
    }

    public static Task<TemplateDetails?> FindAsync(
        OrganizationId organization, string idOrSlug, TemplateStore store, CancellationToken cancellationToken) =>
        TemplateKey.Read(idOrSlug) is { } key ? store.FindAsync(organization, key, cancellationToken) : Task.FromResult<TemplateDetails?>(null);

    public static Task<TemplateVersion?> FindVersionAsync(
        OrganizationId organization, TemplateDetails template, string versionId, TemplateStore store, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<TemplateVersionId>(versionId, out var id)
            ? store.FindVersionAsync(organization, template.Id, id, cancellationToken)
            : Task.FromResult<TemplateVersion?>(null);

    private static TemplateStatus? StatusOf(string? text) => text switch
    {
        "active" => TemplateStatus.Active,
        "archived" => TemplateStatus.Archived,
        "deleted" => TemplateStatus.Deleted,
        _ => null,
    };
}
