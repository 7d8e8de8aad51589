using System.Collections.Concurrent;
using System.Globalization;
using Mail.Core.Organizations;
using Mail.Inbound.Session;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Faults;

/// <summary>
/// A listener that is killed while many sessions hand it mail of every kind, so that some of them are between the final
/// dot and its reply; and another one over the same database and blobs, as after a restart.
/// </summary>
public sealed class KilledListener : IAsyncLifetime
{
    private const int SessionsOfEachKind = 5;
    private const int MailsOfSession = 30;
    private const int EnoughOfEachKind = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, int>[] _answered = [new(), new(), new(), new()];
    private readonly TestDnsServer _dns = TestDnsServer.Start();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isEnough;

    internal enum Kind
    {
        Captured,
        Received,
        Bounced,
        Submitted,
    }

    internal PostgresDatabase Database { get; private set; } = null!;

    /// <summary>What runs after the kill.</summary>
    internal InboundHost Restarted { get; private set; } = null!;

    internal OrganizationId Organization { get; private set; }

    internal string Domain { get; private set; } = "";

    internal SentMail[] Sent { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Database = await PostgresDatabase.CreateAsync();
        (string, string)[] settings =
        [
            ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString), ("Mail:Demo:ApiKey", InboundFixture.ApiKey),
            ("Mail:Dns:Servers:0", _dns.EndPoint.ToString()), ("Mail:Inbound:MaxMessageBytes", "1000000"),
        ];
        Restarted = await InboundHost.StartAsync(Database.ConnectionString, settings: settings);
        (Organization, Domain) = await InboundDomains.AddAsync(Restarted.Services, Database.DataSource);
        Sent = await Task.WhenAll(Enumerable.Range(0, SessionsOfEachKind).Select(_ => SentMail.CreateAsync(
            Restarted, Database.DataSource, SendingMode.Live, [.. Enumerable.Range(0, MailsOfSession).Select(i => $"r{i}@example.test")])));

        await using var listener = await ListenerProcess.StartAsync(Database.ConnectionString + ";Application Name=killed", settings);
        // All of them are open before the first of them sends.
        var clients = await Task.WhenAll(Enum.GetValues<Kind>().SelectMany(kind => Enumerable.Range(0, SessionsOfEachKind).Select(async session =>
            (Kind: kind, Session: session, Client: await OpenAsync(await listener.ConnectAsync(ServiceOf(kind)), kind)))));
        var sending = clients.Select(one => SendUntilCutAsync(listener, one.Client, one.Kind, one.Session)).ToList();
        await _killed.Task.WaitAsync(Limit);
        await Task.WhenAll(sending);
        await UntilNothingIsLeftOfItAsync();
        Assert.True(_answered.Sum(answered => answered.Count) < _answered.Length * SessionsOfEachKind * MailsOfSession, "The kill came too late.");
    }

    public async Task DisposeAsync()
    {
        await Restarted.DisposeAsync();
        await Database.DisposeAsync();
        await _dns.DisposeAsync();
    }

    /// <summary>The names of the mails that got a 250.</summary>
    internal ICollection<string> Answered(Kind kind) => _answered[(int)kind].Keys;

    /// <summary>Sends all that got none again, as its sender would; everything must be taken now.</summary>
    internal async Task SendRestAsync(Kind kind)
    {
        await using var client = await OpenAsync(Restarted.Connect(kind: ServiceOf(kind)), kind);
        for (var session = 0; session < SessionsOfEachKind; session++)
        {
            for (var i = 0; i < MailsOfSession; i++)
            {
                if (!_answered[(int)kind].ContainsKey(NameOf(session, i)))
                    Assert.StartsWith("250 ", await SendAsync(client, kind, session, i));
            }
        }
    }

    internal static IEnumerable<string> Names() =>
        Enumerable.Range(0, SessionsOfEachKind).SelectMany(session => Enumerable.Range(0, MailsOfSession).Select(i => NameOf(session, i)));

    internal static string NameOf(int session, int i) => string.Create(CultureInfo.InvariantCulture, $"{session}-{i}");

    // What the dead one sent to the database before it died may still be committed.
    private async Task UntilNothingIsLeftOfItAsync()
    {
        await using var left = Database.DataSource.CreateCommand("select count(*) from pg_stat_activity where application_name = 'killed'");
        using var limit = new CancellationTokenSource(Limit);
        while ((long)(await left.ExecuteScalarAsync(limit.Token))! > 0)
            await Task.Delay(ProbeInterval, limit.Token);
    }

    // Who brings the last of what is enough kills the listener, in the middle of what the others do; who is done by then waits for it.
    private async Task SendUntilCutAsync(ListenerProcess listener, LineClient client, Kind kind, int session)
    {
        await using var one = client;
        try
        {
            for (var i = 0; i < MailsOfSession; i++)
            {
                if (Volatile.Read(ref _isEnough) != 0)
                    await _killed.Task;
                if ((await SendAsync(client, kind, session, i))?.StartsWith("250 ", StringComparison.Ordinal) != true)
                    return;
                _answered[(int)kind][NameOf(session, i)] = 1;
                if (_answered.All(answered => answered.Count >= EnoughOfEachKind) && Interlocked.Exchange(ref _isEnough, 1) == 0)
                {
                    await listener.KillAsync();
                    _killed.SetResult();
                }
            }
        }
        catch (IOException)
        {
            // The cut.
        }
    }

    private static async Task<LineClient> OpenAsync(Stream stream, Kind kind)
    {
        var client = new LineClient(stream);
        await client.GreetAsync();
        if (kind != Kind.Submitted)
            return client;
        await client.StartTlsAsync();
        Assert.StartsWith("235 ", await client.AskAsync(
            "EHLO client.test", "AUTH PLAIN AGFueSB1c2VyAG1zX2xpdmVfZGlhbG9ndWVfQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2"));
        return client;
    }

    private Task<string?> SendAsync(LineClient client, Kind kind, int session, int i)
    {
        var name = NameOf(session, i);
        return kind switch
        {
            Kind.Captured => client.MailAsync(Mail(name, isLarge: false), "ann@writer.test", "one@elsewhere.test"),
            Kind.Received => client.MailAsync(Mail(name, isLarge: session == 0), "ann@writer.test", $"{name}@{Domain}"),
            Kind.Bounced => client.MailAsync(
                $"From: MAILER-DAEMON@mx.example.test\r\nSubject: Undelivered\r\n\r\n<r{i}@example.test>: 550 5.1.1 no such user", "", Sent[session].ReturnPath((short)i)),
            _ => client.MailAsync($"Idempotency-Key: {name}\r\n" + Mail(name, isLarge: false), "shop@demo.test", "one@example.test", "two@example.org"),
        };
    }

    // A text, a file, and the end; large mail goes to blob storage as a whole.
    private static string Mail(string name, bool isLarge) =>
        $"From: shop@demo.test\r\nSubject: {name}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext of {name}\r\n--b\r\n"
        + "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n"
        + string.Concat(Enumerable.Repeat($"file of {name}\r\n", isLarge ? 10_000 : 1)) + "--b--";

    private static SmtpServiceKind ServiceOf(Kind kind) => kind == Kind.Submitted ? SmtpServiceKind.Submission : SmtpServiceKind.Exchange;
}
