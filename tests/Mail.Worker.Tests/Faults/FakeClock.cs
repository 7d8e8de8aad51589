namespace Mail.Worker.Tests.Faults;

/// <summary>
/// The wall clock of processes, which can be set: libfaketime answers in the place of clock_gettime. Monotonic time is left as it is, as a
/// real change of the clock leaves it.
/// </summary>
internal sealed class FakeClock : IDisposable
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public FakeClock()
    {
        if (!File.Exists(Library))
            throw new InvalidOperationException("libfaketime is missing: scripts/setup --tests installs it.");
        Jump(TimeSpan.Zero);
    }

    /// <summary>Settings of the processes whose clock it is.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("LD_PRELOAD", Library), ("FAKETIME_TIMESTAMP_FILE", _file), ("FAKETIME_NO_CACHE", "1"), ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];

    /// <summary>Sets the clock to so much from the right time.</summary>
    public void Jump(TimeSpan by)
    {
        // Read at every call: it must never be seen half written.
        var next = _file + ".next";
        File.WriteAllText(next, $"{(by < TimeSpan.Zero ? '-' : '+')}{Math.Abs((long)by.TotalSeconds)}\n");
        File.Move(next, _file, overwrite: true);
    }

    public void Dispose() => File.Delete(_file);
}
