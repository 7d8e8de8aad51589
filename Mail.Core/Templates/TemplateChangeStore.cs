using Mail.Core.Events;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Templates;

/// <summary>Writes templates: each change in one transaction with its events, under the lock of the template's row.</summary>
public sealed class TemplateChangeStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string SlugIndex = "templates_slug";

    /// <param name="slug">Null: one that says what the name says.</param>
    /// <param name="isPublished">Whether it can be sent at once.</param>
    public async Task<TemplateChanged> CreateAsync(
        OrganizationId organization, string name, string? slug, TemplateContent content, bool isPublished, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<TemplateId>(clock);
        var wanted = slug ?? TemplateSlug.From(name);
        var taken = await InsertAsync(organization, id, wanted, name, content, isPublished, cancellationToken);
        if (taken && slug is not null)
            return new TemplateChanged.SlugTaken(slug);
        if (taken)
        {
            wanted = TemplateSlug.From(name, id);
            if (await InsertAsync(organization, id, wanted, name, content, isPublished, cancellationToken))
                return new TemplateChanged.SlugTaken(wanted);
        }
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, organization, id, cancellationToken);
    }

    /// <param name="decide">What to do, given the template and its latest version; runs under the lock.</param>
    public async Task<TemplateChanged> ChangeAsync(
        OrganizationId organization, TemplateKey key, Func<TemplateDetails, TemplateVersion, TemplateChange> decide, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, organization, key, cancellationToken) is not { } found)
            return new TemplateChanged.NotFound();
        switch (decide(found.Template, found.Latest))
        {
            case TemplateChange.Invalid(var errors):
                return new TemplateChanged.Invalid(errors);
            case TemplateChange.Apply change when await ApplyAsync(connection, organization, found.Template, change, cancellationToken):
                return new TemplateChanged.SlugTaken(change.Slug!);
        }
        // Read under the lock: what is answered is this change, not one that came after it.
        var changed = await ReadAsync(connection, organization, found.Template.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>False when there is none.</summary>
    public async Task<bool> DeleteAsync(OrganizationId organization, TemplateKey key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, organization, key, cancellationToken) is not { } found)
            return false;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(TemplateStatements.Update(organization, found.Template with { Status = TemplateStatus.Deleted }));
        batch.BatchCommands.Add(TemplateStatements.Events(organization, found.Template, [(EventTypes.TemplateDeleted, null)]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> InsertAsync(
        OrganizationId organization, TemplateId id, string slug, string name, TemplateContent content, bool isPublished, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(TemplateStatements.Insert(organization, id, slug, name, isPublished));
        batch.BatchCommands.Add(TemplateStatements.InsertVersion(organization, id, 1, PrefixedId.New<TemplateVersionId>(clock), content));
        batch.BatchCommands.Add(EventStatements.Append(
        [
            TemplateEvents.Of(organization, EventTypes.TemplateCreated, id, slug, name, 1),
            TemplateEvents.Of(organization, EventTypes.TemplateVersionCreated, id, slug, name, 1),
        ]));
        return await IsSlugTakenAsync(batch, cancellationToken);
    }

    /// <summary>Whether the slug is taken; then nothing was done.</summary>
    private async Task<bool> ApplyAsync(
        NpgsqlConnection connection, OrganizationId organization, TemplateDetails template, TemplateChange.Apply change, CancellationToken cancellationToken)
    {
        var number = template.LastVersion + (change.Content is null ? 0 : 1);
        var changed = template with
        {
            Name = change.Name ?? template.Name,
            Slug = change.Slug ?? template.Slug,
            Status = change.Status ?? template.Status,
            LastVersion = number,
            ActiveVersion = change.Content is { IsActive: true } ? number : change.Activate ?? template.ActiveVersion,
        };
        var events = new List<(string, int?)>();
        await using var batch = new NpgsqlBatch(connection);
        if (change.Content is { } version)
        {
            batch.BatchCommands.Add(TemplateStatements.InsertVersion(
                organization, template.Id, number, PrefixedId.New<TemplateVersionId>(clock), version.Content));
            events.Add((EventTypes.TemplateVersionCreated, number));
        }
        batch.BatchCommands.Add(TemplateStatements.Update(organization, changed));
        if (changed with { LastVersion = template.LastVersion } != template)
            events.Add((EventTypes.TemplateUpdated, changed.ActiveVersion));
        batch.BatchCommands.Add(TemplateStatements.Events(organization, changed, events));
        return await IsSlugTakenAsync(batch, cancellationToken);
    }

    private static async Task<bool> IsSlugTakenAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return false;
        }
        catch (PostgresException error) when (error is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: SlugIndex })
        {
            return true;
        }
    }

    private static async Task<(TemplateDetails Template, TemplateVersion Latest)?> LockAsync(
        NpgsqlConnection connection, OrganizationId organization, TemplateKey key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {TemplateStatements.Columns} from templates
            where organization_id = $1 and id = {TemplateStatements.IdOfKey} and status <> 'deleted'
            for update
            """, connection).With(organization.Value, key.Id, key.Slug);
        return await ReadOneAsync(command, TemplateStatements.Map, cancellationToken) is { } template
            ? (template, await LatestAsync(connection, organization, template, cancellationToken))
            : null;
    }

    private static async Task<TemplateChanged> ReadAsync(
        NpgsqlConnection connection, OrganizationId organization, TemplateId id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {TemplateStatements.Columns} from templates where organization_id = $1 and id = $2", connection)
            .With(organization.Value, id.Value);
        return await ReadOneAsync(command, TemplateStatements.Map, cancellationToken) is { } template
            ? new TemplateChanged.Done(template, await LatestAsync(connection, organization, template, cancellationToken))
            : new TemplateChanged.NotFound();
    }

    private static async Task<TemplateVersion> LatestAsync(
        NpgsqlConnection connection, OrganizationId organization, TemplateDetails template, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {TemplateStatements.VersionColumns} from template_versions
            where organization_id = $1 and template_id = $2 and number = $3
            """, connection).With(organization.Value, template.Id.Value, template.LastVersion);
        return (await ReadOneAsync(command, TemplateStatements.MapVersion, cancellationToken))!;
    }

    private static async Task<T?> ReadOneAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
        where T : class
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? map(reader) : null;
    }
}
