using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Npgsql;

namespace Mail.Core.Otp;

/// <summary>The challenge that is committed with its mail.</summary>
internal sealed record OtpCompanion(
    OtpChallengeId Id, string Address, string Purpose, byte[] CodeHash, TimeSpan Lifetime, OtpOptions Options) : AcceptCompanion
{
    internal override NpgsqlBatchCommand Insert(IReadOnlyList<CompanionRow> rows) => OtpStatements.Open(rows);

    internal override IEnumerable<NewEvent> Events(OrganizationId organization, MessageId message) =>
        new[] { EventTypes.OtpCreated, EventTypes.OtpSent }.Select(type => OtpEvents.Of(organization, type, Id, message, Address, Purpose));
}
