using Mail.Core.Events;
using Mail.Core.Organizations;
using Npgsql;

namespace Mail.Core.Messages;

/// <summary>Rows that belong to a message and are committed with it, or not at all: a challenge, a schedule, an item of a batch.</summary>
public abstract record AcceptCompanion
{
    /// <summary>One statement for all companions of this kind in a transaction.</summary>
    internal abstract NpgsqlBatchCommand Insert(IReadOnlyList<CompanionRow> rows);

    internal virtual IEnumerable<NewEvent> Events(OrganizationId organization, MessageId message) => [];
}

internal sealed record CompanionRow(OrganizationId Organization, MessageId Message, AcceptCompanion Companion);
