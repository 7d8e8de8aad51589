using System.Globalization;
using Mail.Core.Messages;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Faults;

/// <summary>
/// Every row of <c>mx-faults.txt</c> at once: each has domains of its own with hosts of its own, and one worker delivers to all of them by
/// DNS and SMTP. Where only a time-out ends it, those of the RFC are seconds; nothing else is different from production.
/// </summary>
public sealed class MxFaultRun : IAsyncLifetime
{
    internal const string Healthy = "good.test";
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);
    private const char Alone = 'a';
    private const char WithNext = 'n';
    private const char WithoutPipelining = 'p';
    // More than the sockets of both sides hold together.
    private static readonly string LargeText = string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 120_000));

    private readonly LoopbackInternet _internet = LoopbackInternet.Start();
    private readonly TestCertificates _authority = new();
    private Dictionary<string, MxFaultEnd> _ends = [];
    private Dictionary<string, string> _postfix = [];

    internal static IReadOnlyList<MxFaultRow> Rows { get; } = MxFaultRow.ReadAll();

    internal MxFaultEnd EndAlone(MxFaultRow row) => _ends[row.Domain(Alone)];

    internal MxFaultEnd EndWithNext(MxFaultRow row) => _ends[row.Domain(WithNext)];

    internal MxFaultEnd EndWithoutPipelining(MxFaultRow row) => _ends[row.Domain(WithoutPipelining)];

    internal PostfixEnd PostfixEnd(MxFaultRow row) => new(
        _postfix.GetValueOrDefault(row.Domain(Alone), "nothing"), _postfix.GetValueOrDefault(row.Domain(WithNext), "nothing"));

    public async Task InitializeAsync()
    {
        Place();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var postfix = PostfixFaultRun.RunAsync(Rows.Where(row => row.Postfix is not null), _internet, _authority, LargeText, limit.Token);
        _ends = await DeliverAsync();
        _postfix = await postfix;
    }

    public async Task DisposeAsync()
    {
        await _internet.DisposeAsync();
        _authority.Dispose();
    }

    internal static IEnumerable<char> KindsOf(MxFaultRow row) => row.IsOfTransaction ? [Alone, WithNext, WithoutPipelining] : [Alone, WithNext];

    private void Place()
    {
        _internet.Serve(Healthy);
        var faults = new MxFault(_internet, _authority);
        foreach (var row in Rows)
        {
            foreach (var kind in KindsOf(row))
            {
                var host = $"mx.{row.Domain(kind)}";
                faults.Place(host, row, pipelining: kind != WithoutPipelining);
                _internet.Zone.Mx(row.Domain(kind), 10, host);
            }
            _internet.Zone.Mx(row.Domain(WithNext), 20, Healthy);
        }
    }

    private async Task<Dictionary<string, MxFaultEnd>> DeliverAsync()
    {
        var ends = await Task.WhenAll(
            DeliverAsync([.. Rows.Where(row => row.NeverAnswers)], Timeout), DeliverAsync([.. Rows.Where(row => !row.NeverAnswers)], TimeSpan.FromMinutes(1)));
        return ends.SelectMany(part => part).ToDictionary();
    }

    private async Task<Dictionary<string, MxFaultEnd>> DeliverAsync(List<MxFaultRow> rows, TimeSpan timeout)
    {
        string[] stages = ["Greeting", "Command", "Tls", "DataInitiation", "DataBlock", "DataTermination", "Quit"];
        await using var system = await WorkerSystem.CreateAsync(resolver: _internet.Dns.CreateResolver(), settings:
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:MxPort", _internet.Port.ToString(CultureInfo.InvariantCulture)),
            ("Mail:Delivery:AllowPrivateAddresses", "true"), ("Mail:Retries:First", "01:00:00"), ("Mail:Connections:ConnectTimeout", timeout.ToString()),
            // The connections that RSET is said on are kept until then.
            ("Mail:Connections:IdleTimeout", "00:05:00"),
            ("Mail:Queue:MaxUnrecorded", "1000"), ("Mail:Queue:DrainTimeout", "00:00:00"),
            .. stages.Select(stage => ($"Mail:Timeouts:{stage}", timeout.ToString())),
        ]);
        await system.StartWorkerAsync();
        foreach (var row in rows.Where(row => row.Stage == "rset"))
        {
            foreach (var kind in KindsOf(row))
                await system.WhenAsync(await AcceptAsync(system, "gone", row, kind), MessageStatus.Bounced);
        }
        var messages = new Dictionary<MessageId, string>();
        foreach (var row in rows)
        {
            foreach (var kind in KindsOf(row))
                messages[await AcceptAsync(system, "ann", row, kind)] = row.Domain(kind);
        }
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from messages where status = 'queued'") == 0,
            () => "messages were not attempted", TimeSpan.FromSeconds(90));
        return await ReadEndsAsync(system, messages);
    }

    private static Task<MessageId> AcceptAsync(WorkerSystem system, string name, MxFaultRow row, char kind) => system.AcceptAsync(message => message with
    {
        Recipients = [WorkerSystem.To($"{name}@{row.Domain(kind)}")],
        Text = row.Stage == "body" ? LargeText : message.Text,
    });

    private static async Task<Dictionary<string, MxFaultEnd>> ReadEndsAsync(WorkerSystem system, Dictionary<MessageId, string> messages)
    {
        var ends = new Dictionary<string, MxFaultEnd>();
        foreach (var (id, domain) in messages)
        {
            var attempt = Assert.Single(await system.AttemptsAsync(id));
            ends[domain] = new MxFaultEnd($"{attempt.Outcome} {StageOf(attempt)} {CauseOf(attempt)}", attempt.MxHost, attempt.Reply);
        }
        return ends;
    }

    // A reset right behind the handshake may be told by connect or by the first read: it depends on who is quicker.
    private static string StageOf(AttemptDetails attempt) =>
        (attempt.Stage, attempt.Cause) == ("connect", "connection_lost") ? "greeting" : attempt.Stage;

    // What a reply is taken to mean is ReplyClassifier's business, and has its own tests.
    private static string CauseOf(AttemptDetails attempt) =>
        Enum.GetValues<DeliveryCause>().Any(cause => cause.ToText() == attempt.Cause) ? attempt.Cause : DeliveryCause.Reply.ToText();
}

/// <summary>How an attempt was recorded.</summary>
internal sealed record MxFaultEnd(string Verdict, string? Host, string? Reply);
