using System.Runtime.InteropServices;

namespace Mail.TestKit;

/// <summary>
/// What work costs, as the time that the calling thread has been on a processor. Unlike elapsed time it does not grow while the thread stands
/// still because others are busy.
/// </summary>
public static class ThreadTime
{
    private const int ThisThread = 3; // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2)

    public static TimeSpan Now
    {
        get
        {
            if (clock_gettime(ThisThread, out var time) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
