using System.Runtime.CompilerServices;
using Mail.Core.Persistence;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Mail.Inbound.Tests;

/// <summary>One database for a test class, and a listener for each environment over it.</summary>
public sealed class InboundFixture : IAsyncLifetime
{
    /// <summary>The key of the demo organization; Dialogues/*.smtp have it in base64.</summary>
    internal const string ApiKey = "ms_live_dialogue_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456";

    private PostgresDatabase? _database;
    private InboundHost? _development;
    private InboundHost? _production;

    internal InboundHost Development => _development!;

    internal InboundHost Production => _production!;

    internal PostgresDatabase Database => _database!;

    [ModuleInitializer]
    internal static void SetMigration() => PostgresDatabase.Migrate =
        (dataSource, cancellationToken) => new Migrator(dataSource, NullLogger<Migrator>.Instance).MigrateAsync(cancellationToken);

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _development = await InboundHost.StartAsync(
            _database.ConnectionString,
            settings: [("Mail:Demo:ApiKey", ApiKey), ("Mail:Submission:Port", "0"), ("Mail:Submission:TlsPort", "0")]);
        _production = await InboundHost.StartAsync(_database.ConnectionString, "Production", settings: ("Mail:Demo:ApiKey", ApiKey));
    }

    public async Task DisposeAsync()
    {
        foreach (var host in new[] { _development, _production })
        {
            if (host is not null)
                await host.DisposeAsync();
        }
        if (_database is not null)
            await _database.DisposeAsync();
    }

    internal async Task<List<StoredMail>> StoredAsync(string condition = "true", NpgsqlDataSource? dataSource = null)
    {
        await using var command = (dataSource ?? Database.DataSource).CreateCommand(
            $"select mail_from, rcpt_to, subject, raw, authentication::text, organization_id, message_id from dev_inbox where {condition} order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var mails = new List<StoredMail>();
        while (await reader.ReadAsync())
        {
            mails.Add(new StoredMail(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.GetString(4),
                reader.GetGuid(5), reader.IsDBNull(6) ? null : reader.GetGuid(6)));
        }
        return mails;
    }

    /// <summary>What came by submission, oldest first.</summary>
    internal async Task<List<SubmittedRow>> SubmittedAsync()
    {
        await using var command = Database.DataSource.CreateCommand(
            """
            select m.subject, m.tags::text, m.metadata::text, c.text, c.html, c.headers::text, c.attachments::text,
                (select array_agg(r.kind || ' ' || r.address order by r.ordinal) from message_recipients r where r.message_id = m.id)
            from messages m join message_contents c on c.message_id = m.id where m.source = 'submission' order by m.id
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<SubmittedRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(new SubmittedRow(
                reader.GetString(0), Text(1), Text(2), Text(3), Text(4), Text(5), Text(6), reader.GetFieldValue<string[]>(7)));
        }
        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    internal async Task ClearAsync()
    {
        await using var command = Database.DataSource.CreateCommand("delete from dev_inbox; delete from messages where source = 'submission'");
        await command.ExecuteNonQueryAsync();
    }
}

internal sealed record SubmittedRow(
    string Subject, string? Tags, string? Metadata, string? Text, string? Html, string? Headers, string? Attachments, string[] Recipients);

internal sealed record StoredMail(
    string MailFrom, string RcptTo, string Subject, byte[] Raw, string Authentication, Guid Organization, Guid? Message)
{
    /// <summary>The fields we put in front: Return-Path and the two lines of Received.</summary>
    public string[] Trace => System.Text.Encoding.UTF8.GetString(Raw, 0, ContentStart).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    public byte[] Content => Raw[ContentStart..];

    private int ContentStart
    {
        get
        {
            var at = 0;
            for (var line = 0; line < 3; line++)
                at += Raw.AsSpan(at).IndexOf("\r\n"u8) + 2;
            return at;
        }
    }
}
