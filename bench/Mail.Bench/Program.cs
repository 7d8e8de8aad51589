using System.Globalization;
using Mail.Bench;
using Mail.Bench.Micro;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var wanted = args.Where(arg => !arg.StartsWith('-')).ToHashSet();
var messages = args.FirstOrDefault(arg => arg.StartsWith("--messages=", StringComparison.Ordinal)) is { } option
    ? int.Parse(option.AsSpan("--messages=".Length), CultureInfo.InvariantCulture)
    : 20_000;

// Small things first, while nothing else runs.
if (Wants("micro"))
{
    MimeBench.Run(Console.Out);
    DkimBench.Run(Console.Out);
    SpfBench.Run(Console.Out);
    SmtpBench.Run(Console.Out);
}
if (Wants("micro") || wanted.Contains("templates"))
    TemplateBench.Run(Console.Out);
if (Wants("micro") || wanted.Contains("rates"))
    await RateLimitBench.RunAsync(Console.Out);
if (Wants("flow"))
{
    var table = new ResultTable();
    await FlowBench.RunAsync(table, messages, withPeers: !args.Contains("--no-peers"), withStatements: args.Contains("--statements"));
    table.Write(Console.Out, $"{messages:N0} messages");
}
if (Wants("content"))
    await ContentBench.RunAsync(Console.Out, messages);
if (Wants("inbound"))
{
    var table = new ResultTable();
    await InboundBench.RunAsync(table, messages, withPeers: !args.Contains("--no-peers"), withStatements: args.Contains("--statements"));
    table.Write(Console.Out, $"{messages:N0} messages");
}
// Only when asked for: it fills the queue with a million messages.
if (wanted.Contains("queue"))
{
    var table = new ResultTable();
    await QueueBench.RunAsync(table);
    table.Write(Console.Out, $"{messages:N0} messages");
}
return 0;

bool Wants(string bench) => wanted.Count == 0 || wanted.Contains(bench);
