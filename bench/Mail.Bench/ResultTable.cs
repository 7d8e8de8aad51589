using System.Runtime.InteropServices;

namespace Mail.Bench;

/// <summary>What was measured, in the order it was.</summary>
/// <param name="peer">What does the same work beside us.</param>
internal sealed class ResultTable(string peer = "Postfix", string peerNote = "Postfix ran in the same run, on its stock settings.")
{
    private readonly List<(string What, string Ours, string Theirs, string Ratio, string Note)> _rows = [];

    /// <param name="ours">Per second.</param>
    /// <param name="other">Per second, by the peer doing the same work in the same run; null when none was measured.</param>
    /// <param name="unit">What is counted; by default messages.</param>
    public void Add(string what, double ours, double? other, string note, string unit = "") =>
        _rows.Add((what, $"{ours:N0}{unit}/s", other is { } rate ? $"{rate:N0}{unit}/s" : "-", other is { } both ? $"{ours / both:F1} x" : "-", note));

    public void AddFact(string what, string value) => _rows.Add((what, value, "", "", ""));

    /// <param name="amount">How much a row measures.</param>
    public void Write(TextWriter output, string amount)
    {
        output.WriteLine();
        output.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        output.WriteLine($"{amount} per row; Release build; no telemetry export; Postgres with fsync and synchronous_commit on.");
        output.WriteLine("Load generator, servers, databases and sink share the machine. " + peerNote);
        output.WriteLine();
        output.WriteLine($"{"",-44} {"Mail",12} {peer,12} {"ratio",8}");
        foreach (var (what, ours, theirs, ratio, note) in _rows)
            output.WriteLine($"{what,-44} {ours,12} {theirs,12} {ratio,8}  {note}".TrimEnd());
    }
}
