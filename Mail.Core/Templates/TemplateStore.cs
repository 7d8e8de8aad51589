using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Templates;

/// <summary>Reads templates and their versions.</summary>
public sealed class TemplateStore(NpgsqlDataSource database)
{
    /// <summary>Null when there is none, or it is deleted.</summary>
    public Task<TemplateDetails?> FindAsync(OrganizationId organization, TemplateKey key, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            select {TemplateStatements.Columns} from templates
            where organization_id = $1 and id = {TemplateStatements.IdOfKey} and status <> 'deleted'
            """,
            TemplateStatements.Map, cancellationToken, organization.Value, key.Id, key.Slug);

    /// <summary>Newest first.</summary>
    public Task<List<TemplateDetails>> ListAsync(
        OrganizationId organization, TemplateFilter filter, TemplateId? before, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            $"""
            select {TemplateStatements.Columns} from templates
            where organization_id = $1
                and ($2::uuid is null or id < $2)
                and case when $3::text is null then status <> 'deleted' else status = $3 end
                and ($4::text is null or strpos(lower(name), lower($4)) > 0)
                and ($5::text is null or slug = $5)
            order by id desc
            limit $6
            """,
            TemplateStatements.Map, cancellationToken, organization.Value, before?.Value, filter.Status?.ToText(), filter.Name, filter.Slug, count);

    public Task<TemplateVersion?> FindVersionAsync(
        OrganizationId organization, TemplateId template, int number, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            select {TemplateStatements.VersionColumns} from template_versions
            where organization_id = $1 and template_id = $2 and number = $3
            """,
            TemplateStatements.MapVersion, cancellationToken, organization.Value, template.Value, number);

    public Task<TemplateVersion?> FindVersionAsync(
        OrganizationId organization, TemplateId template, TemplateVersionId version, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            $"""
            select {TemplateStatements.VersionColumns} from template_versions
            where organization_id = $1 and id = $2 and template_id = $3
            """,
            TemplateStatements.MapVersion, cancellationToken, organization.Value, version.Value, template.Value);

    /// <summary>Newest first.</summary>
    public Task<List<TemplateVersionSummary>> ListVersionsAsync(
        OrganizationId organization, TemplateId template, TemplateVersionId? before, int count, CancellationToken cancellationToken) =>
        database.QueryAsync(
            """
            select id, number, subject, design is not null, created_at from template_versions
            where organization_id = $1 and template_id = $2
                and ($3::uuid is null or number < (
                    select number from template_versions where organization_id = $1 and id = $3 and template_id = $2))
            order by number desc
            limit $4
            """,
            row => new TemplateVersionSummary(
                new TemplateVersionId(row.GetGuid(0)), row.GetInt32(1), row.GetString(2), row.GetBoolean(3), row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken, organization.Value, template.Value, before?.Value, count);
}

/// <param name="Status">Null: all but the deleted ones.</param>
/// <param name="Name">A part of the name, in any case.</param>
public sealed record TemplateFilter(TemplateStatus? Status = null, string? Name = null, string? Slug = null);
