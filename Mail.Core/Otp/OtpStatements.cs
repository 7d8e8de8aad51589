using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Otp;

internal static class OtpStatements
{
    /// <summary>What <see cref="Open"/> raises when an address has had too many challenges.</summary>
    public const string TooManyForAddress = "MA001";

    /// <summary>What <see cref="Open"/> raises when an organization has had too many.</summary>
    public const string TooManyInOrganization = "MA002";

    // Sorted by address, so that two transactions take their locks in the same order.
    public static NpgsqlBatchCommand Open(IReadOnlyList<CompanionRow> companions)
    {
        var rows = companions.Select(row => (row.Organization, row.Message, Challenge: (OtpCompanion)row.Companion)).ToList();
        return Batched.Command(
            """
            select open_otp_challenge(organization_id, id, message_id, address, purpose, code_hash, tries, lifetime,
                                      address_limit, address_window, organization_limit, organization_window)
            from (
                select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::smallint[], $8::interval[],
                                     $9::integer[], $10::interval[], $11::integer[], $12::interval[])
                    as item (organization_id, id, message_id, address, purpose, code_hash, tries, lifetime,
                             address_limit, address_window, organization_limit, organization_window)
                order by address, organization_id
                offset 0
            ) item
            """,
            Batched.Uuids(rows, row => row.Organization.Value),
            Batched.Uuids(rows, row => row.Challenge.Id.Value),
            Batched.Uuids(rows, row => row.Message.Value),
            Batched.Texts(rows, row => row.Challenge.Address),
            Batched.Texts(rows, row => row.Challenge.Purpose),
            Batched.Array(rows, row => row.Challenge.CodeHash, NpgsqlDbType.Bytea),
            Batched.Array(rows, row => (short)row.Challenge.Options.MaxAttempts, NpgsqlDbType.Smallint),
            Batched.Array(rows, row => row.Challenge.Lifetime, NpgsqlDbType.Interval),
            Batched.Array(rows, row => row.Challenge.Options.MaxPerAddress, NpgsqlDbType.Integer),
            Batched.Array(rows, row => row.Challenge.Options.AddressWindow, NpgsqlDbType.Interval),
            Batched.Array(rows, row => row.Challenge.Options.MaxPerOrganization, NpgsqlDbType.Integer),
            Batched.Array(rows, row => row.Challenge.Options.OrganizationWindow, NpgsqlDbType.Interval));
    }

    public static NpgsqlBatchCommand Settle(OrganizationId organization, OtpChallenge challenge) => new(
        """
        update otp_challenges set status = $3, attempts = $4, settled_at = case when $3 <> 'pending' then now() end
        where organization_id = $1 and id = $2
        """)
    {
        Parameters =
        {
            new() { Value = organization.Value }, new() { Value = challenge.Id.Value }, new() { Value = challenge.Status.ToText() },
            new() { Value = (short)challenge.Attempts },
        },
    };
}
