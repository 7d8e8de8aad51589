using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Templates;

/// <summary>The statements that write templates, and how their rows are read.</summary>
internal static class TemplateStatements
{
    public const string Columns =
        "id, slug, name, status, active_version, last_version, created_at, updated_at, published_at, last_test_sent_at";

    public const string VersionColumns = "id, number, subject, html, text, design, created_at, inline_css, inlined_html";

    // A name is unique by index in both forms, so neither form reads more than one row.
    public const string IdOfKey =
        "coalesce($2::uuid, (select id from templates where organization_id = $1 and slug = $3::text and status <> 'deleted'))";

    public static TemplateDetails Map(NpgsqlDataReader row) => new(
        new TemplateId(row.GetGuid(0)), row.GetString(1), row.GetString(2), TemplateStatusText.Parse(row.GetString(3)),
        row.GetValueOrNull<int>(4), row.GetInt32(5), row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7),
        row.GetValueOrNull<DateTimeOffset>(8), row.GetValueOrNull<DateTimeOffset>(9));

    public static TemplateVersion MapVersion(NpgsqlDataReader row) => new(
        new TemplateVersionId(row.GetGuid(0)), row.GetInt32(1),
        new TemplateContent(row.GetString(2), row.GetStringOrNull(3), row.GetStringOrNull(4), row.GetStringOrNull(5))
        {
            InlineCss = row.GetBoolean(7),
            InlinedHtml = row.GetStringOrNull(8),
        },
        row.GetFieldValue<DateTimeOffset>(6));

    public static NpgsqlBatchCommand Insert(OrganizationId organization, TemplateId id, string slug, string name, bool isPublished) =>
        Command(
            """
            insert into templates (organization_id, id, slug, name, last_version, active_version, published_at)
            values ($1, $2, $3, $4, 1, case when $5 then 1 end, case when $5 then now() end)
            """,
            organization.Value, id.Value, slug, name, isPublished);

    public static NpgsqlBatchCommand InsertVersion(
        OrganizationId organization, TemplateId template, int number, TemplateVersionId id, TemplateContent content)
    {
        var command = Command(
            """
            insert into template_versions (organization_id, template_id, number, id, subject, html, text, inline_css, inlined_html, design)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            organization.Value, template.Value, number, id.Value, content.Subject, content.Html, content.Text, content.InlineCss, content.InlinedHtml);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)content.Design ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Json });
        return command;
    }

    public static NpgsqlBatchCommand Update(OrganizationId organization, TemplateDetails template) => Command(
        """
        update templates
        set slug = $3, name = $4, status = $5, active_version = $6::integer, last_version = $7, updated_at = now(),
            published_at = case when $6::integer is null then null else coalesce(published_at, now()) end
        where organization_id = $1 and id = $2
        """,
        organization.Value, template.Id.Value, template.Slug, template.Name, template.Status.ToText(), template.ActiveVersion, template.LastVersion);

    public static NpgsqlBatchCommand Events(OrganizationId organization, TemplateDetails template, IEnumerable<(string Type, int? Version)> events) =>
        EventStatements.Append([.. events.Select(item =>
            TemplateEvents.Of(organization, item.Type, template.Id, template.Slug, template.Name, item.Version))]);

    public static NpgsqlBatchCommand RecordTests(List<(OrganizationId Organization, TemplateId Template)> tests) => Batched.Command(
        """
        update templates set last_test_sent_at = now()
        from (select distinct organization_id, id from unnest($1::uuid[], $2::uuid[]) as item (organization_id, id)) as test
        where templates.organization_id = test.organization_id and templates.id = test.id
        """,
        Batched.Uuids(tests, test => test.Organization.Value),
        Batched.Uuids(tests, test => test.Template.Value));

    private static NpgsqlBatchCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter ?? DBNull.Value);
        return command;
    }
}
