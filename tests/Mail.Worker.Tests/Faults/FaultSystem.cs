using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Mail.Worker.Tests.Faults;

/// <summary>What a fault came to.</summary>
internal sealed record FaultFigures(string Fault, int Sent, int Lost, int Duplicates, TimeSpan Recovery)
{
    public const string Header = "fault                          |      n | lost | duplicates | recovered in";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Fault,-30} | {Sent,6} | {Lost,4} | {Duplicates,10} | {Recovery.TotalSeconds,6:0.0} s");
}

/// <summary>
/// Workers as processes of their own that deliver by MX to servers of this machine, and what can break around them. Keeps what was accepted:
/// all of that has to arrive.
/// </summary>
internal sealed class FaultSystem : IAsyncDisposable
{
    public const int Domains = 5;
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, bool> _accepted = new();
    private readonly List<ScriptedSmtpServer> _hosts = [];
    private readonly List<WorkerProcess> _workers = [];
    private readonly (string Key, string Value)[] _settings;
    private readonly Stopwatch _sinceFault = new();

    private FaultSystem(WorkerSystem front, LoopbackInternet internet, (string, string)[] settings) =>
        (Front, Internet, _settings) = (front, internet, settings);

    public WorkerSystem Front { get; }

    public LoopbackInternet Internet { get; }

    public IReadOnlyList<WorkerProcess> Workers => _workers;

    public IEnumerable<SmtpScript> Scripts => _hosts.Select(host => host.Script);

    public int Arrived => _hosts.Sum(host => host.Messages.Count);

    /// <param name="server">By default the one of all tests.</param>
    /// <param name="settings">Of the workers, beside those that let what was delayed come back within the patience of a test.</param>
    public static async Task<FaultSystem> StartAsync(PostgresServer? server = null, params (string Key, string Value)[] settings)
    {
        var internet = LoopbackInternet.Start();
        var front = await WorkerSystem.CreateAsync(server: server);
        var system = new FaultSystem(front, internet,
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:MxPort", internet.Port.ToString(CultureInfo.InvariantCulture)),
            ("Mail:Delivery:AllowPrivateAddresses", "true"), ("Mail:Dns:Servers:0", internet.Dns.EndPoint.ToString()),
            ("Mail:Queue:Lease", Lease.ToString()), ("Mail:Queue:PollInterval", "00:00:00.050"), ("Mail:Retries:First", "00:00:01"),
            ("Mail:Retries:Growth", "1"), ("Mail:Retries:RateLimited", "00:00:01"), ("Mail:Retries:Reputation", "00:00:01"), .. settings,
        ]);
        for (var i = 0; i < Domains; i++)
        {
            system._hosts.Add(internet.Serve($"mx.d{i}.test"));
            internet.Zone.Mx($"d{i}.test", 10, $"mx.d{i}.test");
        }
        return system;
    }

    public WorkerProcess StartWorker(params (string Key, string Value)[] settings)
    {
        var worker = WorkerProcess.Start(Front.ConnectionString, [.. _settings, .. settings]);
        _workers.Add(worker);
        return worker;
    }

    public async Task AcceptAsync(int count, int domains = Domains)
    {
        var ids = await Front.AcceptManyAsync(count, (i, message) => message with { Recipients = [WorkerSystem.To($"u{i}@d{i % domains}.test")] });
        foreach (var id in ids)
            _accepted[id.ToString()] = true;
    }

    /// <summary>Every mail server does the step at the stage.</summary>
    public void OnAll(string stage, SmtpStep step)
    {
        foreach (var script in Scripts)
            script.On(stage, step);
    }

    public void Heal()
    {
        foreach (var script in Scripts)
            script.Clear();
    }

    public Task UntilArrivedAsync(int count) => Front.UntilAsync(() => Task.FromResult(Arrived >= count), () => $"{Arrived} of {count} arrived", Patience);

    /// <summary>Until at least one of the servers got the command.</summary>
    public Task UntilSaidAsync(string verb) => Front.UntilAsync(
        () => Task.FromResult(_hosts.Exists(host => host.Commands.Any(command => command.StartsWith(verb, StringComparison.Ordinal)))), () => $"no {verb}");

    /// <summary>After the database was away: what the test itself has open to it is broken.</summary>
    public void ForgetConnections()
    {
        Front.Front.Services.GetRequiredService<NpgsqlDataSource>().Clear();
        Front.Front.Services.GetRequiredKeyedService<NpgsqlDataSource>("maildb").Clear();
    }

    /// <summary>From here on it takes its time to recover.</summary>
    public void Fault() => _sinceFault.Restart();

    /// <summary>Waits until nothing is to be done any more, and counts.</summary>
    public async Task<FaultFigures> SettleAsync(string fault, TimeSpan? limit = null)
    {
        await Front.UntilAsync(async () => await QueuedAsync() == 0,
            () => $"{fault}: the queue is not empty, {Arrived} arrived\n{string.Join('\n', _workers.Select(worker => worker.Describe()))}", limit ?? Patience);
        return Figures(fault);
    }

    /// <summary>What there is now.</summary>
    public FaultFigures Figures(string fault)
    {
        var (recovery, copies) = (_sinceFault.Elapsed, Copies());
        return new FaultFigures(fault, _accepted.Count, _accepted.Keys.Count(id => !copies.ContainsKey(id)), copies.Values.Sum(count => count - 1), recovery);
    }

    public IEnumerable<int> CopiesPerMessage() => Copies().Values;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Front.DisposeAsync();
        await Internet.DisposeAsync();
    }

    private async Task<long> QueuedAsync()
    {
        try
        {
            return await Front.CountAsync("select count(*) from delivery_queue");
        }
        catch (Npgsql.NpgsqlException)
        {
            return long.MaxValue; // a connection to a server that was ended
        }
    }

    private Dictionary<string, int> Copies() =>
        _hosts.SelectMany(host => host.Messages).CountBy(message => MessageIdOf(message.Content)).ToDictionary();

    private static string MessageIdOf(byte[] content)
    {
        const string Field = "\r\nMessage-ID: <";
        var text = Encoding.ASCII.GetString(content);
        var start = text.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        return text[start..text.IndexOf('@', start)];
    }
}
