using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Npgsql;

namespace Mail.Core.Templates;

/// <summary>What is recorded with a message that tries a template out.</summary>
public sealed record TemplateTest(TemplateDetails Template, int Version) : AcceptCompanion
{
    internal override NpgsqlBatchCommand Insert(IReadOnlyList<CompanionRow> rows) =>
        TemplateStatements.RecordTests([.. rows.Select(row => (row.Organization, ((TemplateTest)row.Companion).Template.Id))]);

    internal override IEnumerable<NewEvent> Events(OrganizationId organization, MessageId message) =>
        [TemplateEvents.Of(organization, EventTypes.TemplateTestSent, Template.Id, Template.Slug, Template.Name, Version) with { Message = message }];
}
