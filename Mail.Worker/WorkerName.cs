using System.Globalization;

namespace Mail.Worker;

/// <summary>Names this process in leases and attempts: host, process id, and something that a restart with the same id changes.</summary>
internal sealed record WorkerName(string Value)
{
    public static WorkerName OfThisProcess() => new(string.Create(CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{Random.Shared.Next(0x10000):x4}"));
}
