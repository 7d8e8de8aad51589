using System.Globalization;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Faults;

/// <summary>One row of <c>dns-faults.txt</c>.</summary>
/// <param name="End">Outcome, stage and cause; or the name of the host that takes the message, * for any.</param>
internal sealed record DnsFaultRow(string Fault, string Zone, string End)
{
    public string Domain => $"{Fault}.example";

    public static IReadOnlyList<DnsFaultRow> ReadAll() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Faults", "dns-faults.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new DnsFaultRow(cells[0], cells[1], cells[2].Replace("{d}", $"{cells[0]}.example", StringComparison.Ordinal)))];
}

/// <summary>Every row of <c>dns-faults.txt</c> at once, by a resolver of the product and a name server on a socket.</summary>
public sealed class DnsFaultRun : IAsyncLifetime
{
    private const string Good = "good.test";
    private const string Dead = "dead.test";

    private readonly LoopbackInternet _internet = LoopbackInternet.Start();
    private readonly Dictionary<string, MxFaultEnd> _ends = [];

    internal static IReadOnlyList<DnsFaultRow> Rows { get; } = DnsFaultRow.ReadAll();

    internal MxFaultEnd EndOf(DnsFaultRow row) => _ends[row.Fault];

    public async Task InitializeAsync()
    {
        _internet.Serve(Good);
        _internet.Refuse(Dead);
        foreach (var row in Rows)
            _internet.Zone.AddText(string.Join('\n', row.Zone.Split(" / ").SelectMany(line => LinesOf(line, row.Domain))));
        _internet.Dns.Tamper = Tamper;
        var resolver = new StubResolver(new StubResolverOptions
        {
            Servers = [_internet.Dns.EndPoint],
            AttemptTimeout = TimeSpan.FromSeconds(2),
            TotalTimeout = TimeSpan.FromSeconds(5),
        });
        await using var system = await WorkerSystem.CreateAsync(resolver: resolver, settings:
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:MxPort", _internet.Port.ToString(CultureInfo.InvariantCulture)),
            ("Mail:Delivery:AllowPrivateAddresses", "true"), ("Mail:Retries:First", "01:00:00"), ("Mail:Connections:ConnectTimeout", "00:00:02"),
        ]);
        await system.StartWorkerAsync();
        var messages = await system.AcceptManyAsync(Rows.Count, (i, message) => message with { Recipients = [WorkerSystem.To($"ann@{Rows[i].Domain}")] });
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from messages where status = 'queued'") == 0,
            () => "messages were not attempted", TimeSpan.FromSeconds(90));
        for (var i = 0; i < Rows.Count; i++)
        {
            var attempt = Assert.Single(await system.AttemptsAsync(messages[i]));
            _ends[Rows[i].Fault] = new MxFaultEnd($"{attempt.Outcome} {attempt.Stage} {attempt.Cause}", attempt.MxHost, attempt.Reply);
        }
    }

    public Task DisposeAsync() => _internet.DisposeAsync().AsTask();

    private IEnumerable<string> LinesOf(string line, string domain)
    {
        var whole = line.Replace("{d}", domain, StringComparison.Ordinal)
            .Replace("{good}", _internet.EndPointOf(Good).Address.ToString(), StringComparison.Ordinal)
            .Replace("{dead}", _internet.EndPointOf(Dead).Address.ToString(), StringComparison.Ordinal);
        if (whole is not ['*', ..])
            return [whole];
        var (count, text) = (int.Parse(whole.AsSpan(1, whole.IndexOf(' ') - 1), CultureInfo.InvariantCulture), whole[(whole.IndexOf(' ') + 1)..]);
        return Enumerable.Range(1, count).Select(i => text.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static byte[]? Tamper(TestDnsQuestion question, byte[] answer)
    {
        switch (question.Name.ToLowerInvariant())
        {
            case "garbled.example":
                answer.AsSpan(12).Fill(0xff);
                return answer;
            case "refused.example":
                answer[3] = (byte)((answer[3] & 0xf0) | 5);
                return answer;
            case "other-question.example":
                answer[13] ^= 1; // a letter of the name
                return answer;
            case "truncated.example" or "truncated-then-silence.example" when !question.IsTcp:
                answer[2] |= 0x02;
                (answer[6], answer[7]) = (0, 0);
                return answer[..question.Length];
            case "truncated-then-silence.example":
                return null;
            default:
                return answer;
        }
    }
}
