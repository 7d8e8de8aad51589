using System.Collections.Frozen;
using Mail.Core.ApiKeys;
using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Inbound.Tests;

/// <summary>A message of an organization of its own that counts as sent, and what became of it.</summary>
internal sealed class SentMail(NpgsqlDataSource database, ReturnPath returnPaths, MessageId id, OrganizationId organization, string domain)
{
    private static int _tenants;

    public MessageId Id => id;

    public OrganizationId Organization => organization;

    public string Domain => domain;

    /// <param name="recipient">Null for the path of a transaction with several recipients.</param>
    public string ReturnPath(short? recipient = 0, string host = InboundHost.BounceDomain) => $"{returnPaths.Write(id, recipient)}@{host}";

    public static async Task<SentMail> CreateAsync(
        InboundHost host, NpgsqlDataSource database, SendingMode mode, params string[] recipients)
    {
        var services = host.Services;
        var domain = $"sender{Interlocked.Increment(ref _tenants)}.test";
        var organization = (await services.GetRequiredService<OrganizationStore>().CreateAsync(domain, CancellationToken.None))!.Value;
        await RunAsync(database, "insert into domains (organization_id, id, name, status, verified_at) values ($1, $2, $3, 'verified', now())",
            organization.Value, PrefixedId.New<DomainId>(TimeProvider.System).Value, domain);
        var outcome = await services.GetRequiredService<AcceptMessages>().AcceptAsync(
            new Caller(organization, null, mode, FrozenSet.Create(Scopes.FullAccess), null),
            new OutgoingMessage
            {
                From = Box($"shop@{domain}"),
                Recipients = [.. recipients.Select(recipient => new OutgoingRecipient(RecipientKind.To, Box(recipient)))],
                Subject = "hello",
                Text = "hello",
            },
            CancellationToken.None);
        var id = Assert.IsType<AcceptOutcome.Accepted>(outcome).Id;
        await RunAsync(database,
            "update message_recipients set status = 'sent', settled_at = now(), next_attempt_at = null where message_id = $1", id.Value);
        await RunAsync(database, "update messages set status = 'sent', settled_at = now() where id = $1", id.Value);
        return new SentMail(database, services.GetRequiredService<ReturnPath>(), id, organization, domain);
    }

    public Task<List<string>> StatusesAsync() =>
        ReadAsync("select address || ' ' || status from message_recipients where message_id = $1 order by ordinal", id.Value);

    /// <summary>Address, type, cause, codes.</summary>
    public Task<List<string>> BouncesAsync() => ReadAsync(
        """
        select concat_ws(' ', address, type, cause, coalesce(smtp_code::text, '-'), coalesce(enhanced_code, '-'))
        from bounces where message_id = $1 order by recipient
        """, id.Value);

    public Task<List<string>> ComplaintsAsync() =>
        ReadAsync("select concat_ws(' ', address, feedback_type, source) from complaints where message_id = $1 order by recipient", id.Value);

    public Task<List<string>> SuppressionsAsync() =>
        ReadAsync("select concat_ws(' ', email, reason) from suppressions where organization_id = $1 order by email", organization.Value);

    public Task<List<string>> EventsAsync() => ReadAsync(
        "select type from events where organization_id = $1 and type in ('mail.message.bounced', 'mail.message.complained') order by id", organization.Value);

    private async Task<List<string>> ReadAsync(string sql, Guid value)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(value);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private static Mailbox Box(string text) => Mailbox.TryParse(text, out var mailbox, out var error) ? mailbox : throw new FormatException($"{text}: {error}");
}
