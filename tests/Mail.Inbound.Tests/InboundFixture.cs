using System.Runtime.CompilerServices;
using Mail.Core.Persistence;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Mail.Inbound.Tests;

/// <summary>One database for a test class, and a listener for each environment over it.</summary>
public sealed class InboundFixture : IAsyncLifetime
{
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
        _development = await InboundHost.StartAsync(_database.ConnectionString);
        _production = await InboundHost.StartAsync(_database.ConnectionString, "Production");
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

    internal async Task ClearAsync()
    {
        await using var command = Database.DataSource.CreateCommand("delete from dev_inbox");
        await command.ExecuteNonQueryAsync();
    }
}

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
