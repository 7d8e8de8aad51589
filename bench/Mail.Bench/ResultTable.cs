using System.Runtime.InteropServices;

namespace Mail.Bench;

/// <summary>What was measured, in the order it was.</summary>
internal sealed class ResultTable
{
    private readonly List<(string What, string Ours, string Peer, string Ratio, string Note)> _rows = [];

    /// <param name="ours">Per second.</param>
    /// <param name="peer">Per second, by Postfix doing the same work in the same run; null when none was measured.</param>
    public void Add(string what, double ours, double? peer, string note) =>
        _rows.Add((what, $"{ours:N0}/s", peer is { } rate ? $"{rate:N0}/s" : "-", peer is { } other ? $"{ours / other:F1} x" : "-", note));

    public void AddFact(string what, string value) => _rows.Add((what, value, "", "", ""));

    public void Write(TextWriter output, int messages)
    {
        output.WriteLine();
        output.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        output.WriteLine($"{messages:N0} messages per row; Release build; no telemetry export; Postgres with fsync and synchronous_commit on.");
        output.WriteLine("Load generator, servers, databases and sink share the machine. Postfix ran in the same run, on its stock settings.");
        output.WriteLine();
        output.WriteLine($"{"",-44} {"Mail",12} {"Postfix",12} {"ratio",8}");
        foreach (var (what, ours, peer, ratio, note) in _rows)
            output.WriteLine($"{what,-44} {ours,12} {peer,12} {ratio,8}  {note}".TrimEnd());
    }
}
