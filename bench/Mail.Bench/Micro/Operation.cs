using System.Diagnostics;

namespace Mail.Bench.Micro;

/// <summary>One operation over and over on one thread: how many per second, and what each allocates.</summary>
internal static class Operation
{
    private const int WarmUp = 200;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);

    public static void WriteHead(TextWriter output) =>
        output.WriteLine($"{"what",-44} {"op/s",10} {"us/op",8} {"B alloc/op",12}");

    public static void Measure(TextWriter output, string what, Action operation)
    {
        for (var i = 0; i < WarmUp; i++)
            operation();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < Measured; count++)
            operation();
        var perOperation = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
        output.WriteLine($"{what,-44} {count / watch.Elapsed.TotalSeconds,10:N0} {watch.Elapsed.TotalMicroseconds / count,8:N1} {perOperation,12:N0}");
    }
}
