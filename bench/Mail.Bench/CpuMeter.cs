using System.Globalization;
using System.Text;

namespace Mail.Bench;

/// <summary>Processor time per message and process: unlike a rate, it hardly depends on what else the machine does.</summary>
internal sealed class CpuMeter(IReadOnlyList<(string Name, int Process)> watched)
{
    private const double TicksPerMillisecond = 0.1; // USER_HZ is 100 on Linux

    private readonly Dictionary<string, double> _started = Read(watched);

    /// <summary>Milliseconds of processor time per message since the meter was made; each process with its children, but not the bench.</summary>
    public string PerMessage(long messages)
    {
        var text = new StringBuilder("CPU ms/message:");
        foreach (var (name, now) in Read(watched))
            text.Append(CultureInfo.InvariantCulture, $" {name} {(now - _started.GetValueOrDefault(name)) / messages:F2}");
        return text.ToString();
    }

    private static Dictionary<string, double> Read(IReadOnlyList<(string Name, int Process)> watched)
    {
        var all = Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])).Select(ReadProcess).Where(process => process.Id != 0).ToList();
        var byParent = all.ToLookup(process => process.Parent);
        return watched.GroupBy(item => item.Name).ToDictionary(
            group => group.Key,
            group => group.Sum(item => all.Where(process => process.Id == item.Process).Sum(process => WithChildren(process, byParent))));
    }

    // Everything that is measured is a child of the bench.
    private static double WithChildren(ProcessTime process, ILookup<int, ProcessTime> byParent) =>
        process.Id == Environment.ProcessId
            ? Environment.CpuUsage.TotalTime.TotalMilliseconds
            : process.Milliseconds + byParent[process.Id].Sum(child => WithChildren(child, byParent));

    // proc(5): after the name in parentheses, field 4 is the parent, 14 to 17 are the times of the process and of
    // its children that have ended.
    private static ProcessTime ReadProcess(string folder)
    {
        try
        {
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture));
            return new ProcessTime(int.Parse(Path.GetFileName(folder)), int.Parse(fields[1]), ticks / TicksPerMillisecond);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private readonly record struct ProcessTime(int Id, int Parent, double Milliseconds);
}
