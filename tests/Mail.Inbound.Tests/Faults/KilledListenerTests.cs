using System.Text;
using Mail.Core.Inbound;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Faults;

/// <summary>What was answered 250 is there after a kill, whole; what was not is there whole or not at all, and can be sent again.</summary>
public sealed class KilledListenerTests(KilledListener killed) : IClassFixture<KilledListener>
{
    [Fact]
    public async Task Captured_mail_is_whole_or_not_there()
    {
        var stored = await ReadAsync(
            "select subject from dev_inbox where $1::uuid is not null and position(convert_to('file of ' || subject || e'\r\n--b--\r\n', 'utf8') in raw) > 0", Guid.Empty);

        Assert.Empty(killed.Answered(KilledListener.Kind.Captured).Except(stored));
        Assert.Equal([stored.Count.ToString(null, null)], await ReadAsync("select count(*)::text from dev_inbox where $1::uuid is not null", Guid.Empty));
    }

    [Fact]
    public async Task Received_mail_is_whole_or_not_there()
    {
        await AssertReceivedAsync(killed.Answered(KilledListener.Kind.Received));

        await killed.SendRestAsync(KilledListener.Kind.Received);

        await AssertReceivedAsync([.. KilledListener.Names()]);
    }

    [Fact]
    public async Task Bounces_count_once_and_with_all_they_mean()
    {
        await AssertBouncedAsync(killed.Answered(KilledListener.Kind.Bounced));

        await killed.SendRestAsync(KilledListener.Kind.Bounced);

        await AssertBouncedAsync([.. KilledListener.Names()]);
    }

    [Fact]
    public async Task Submitted_mail_is_queued_once_and_whole()
    {
        await AssertSubmittedAsync(killed.Answered(KilledListener.Kind.Submitted));

        await killed.SendRestAsync(KilledListener.Kind.Submitted);

        await AssertSubmittedAsync([.. KilledListener.Names()]);
    }

    private async Task AssertReceivedAsync(ICollection<string> expected)
    {
        var services = killed.Restarted.Services;
        var (store, blobs) = (services.GetRequiredService<InboundMessageStore>(), services.GetRequiredService<InboundBlobs>());
        var ids = await ReadAsync("select id::text from inbound_messages where organization_id = $1", killed.Organization.Value);
        var stored = new HashSet<string>();
        foreach (var id in ids)
        {
            var mail = (await store.FindAsync(killed.Organization, new InboundMessageId(Guid.Parse(id)), CancellationToken.None))!;
            var raw = Encoding.ASCII.GetString(mail.Raw ?? await ReadBlobAsync(blobs, mail.RawBlob!));
            var name = mail.Summary.Subject;
            Assert.EndsWith($"file of {name}\r\n--b--\r\n", raw, StringComparison.Ordinal);
            Assert.Equal($"text of {name}", mail.Content.Text?.Trim());
            var file = Assert.Single(mail.Content.Attachments);
            Assert.Equal(file.Size, (await ReadBlobAsync(blobs, file.Blob)).Length);
            stored.Add(name);
        }
        // Each with its event, also the copies of those that were sent twice.
        Assert.Equal(ids.Order(), (await ReadAsync(
            "select resource_id::text from events where organization_id = $1 and type = 'mail.inbound.received'", killed.Organization.Value)).Order());
        Assert.Empty(expected.Except(stored));
    }

    private async Task AssertBouncedAsync(ICollection<string> expected)
    {
        var bounced = new List<string>();
        for (var session = 0; session < killed.Sent.Length; session++)
        {
            var sent = killed.Sent[session];
            var recipients = await ReadAsync("select ordinal::text from message_recipients where message_id = $1 and status = 'bounced' order by ordinal", sent.Id.Value);
            Assert.Equal(recipients, await ReadAsync("select recipient::text from bounces where message_id = $1 order by recipient", sent.Id.Value));
            Assert.Equal(recipients.Count, (await sent.EventsAsync()).Count);
            Assert.Equal(recipients.Count, (await sent.SuppressionsAsync()).Count);
            bounced.AddRange(recipients.Select(recipient => KilledListener.NameOf(session, int.Parse(recipient, null))));
        }
        Assert.Empty(expected.Except(bounced));
    }

    private async Task AssertSubmittedAsync(ICollection<string> expected)
    {
        // Of each message its content, both recipients, a queue row for each domain, and two events.
        var rows = await ReadAsync(
            """
            select concat_ws(' ', m.subject, trim(both e'\r\n' from c.text), json_array_length(c.attachments::json),
                (select count(*) from message_recipients r where r.message_id = m.id), (select count(*) from delivery_queue q where q.message_id = m.id),
                (select count(*) from events e where e.message_id = m.id))
            from messages m left join message_contents c on c.message_id = m.id where m.source = 'submission' and $1::uuid is not null
            """, Guid.Empty);
        Assert.All(rows, row => Assert.Equal($"{row.Split(' ')[0]} text of {row.Split(' ')[0]} 1 2 2 2", row));
        var names = rows.Select(row => row.Split(' ')[0]).ToList();
        Assert.Equal(names.Distinct().Count(), names.Count);
        Assert.Empty(expected.Except(names));
    }

    private async Task<List<string>> ReadAsync(string sql, Guid value)
    {
        await using var command = killed.Database.DataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(value);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }

    private static async Task<byte[]> ReadBlobAsync(InboundBlobs blobs, string name)
    {
        await using var content = await blobs.OpenAsync(name, CancellationToken.None);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }
}
