using System.Diagnostics;
using System.Globalization;
using Mail.TestKit;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>
/// Runs a target on mutated inputs for a bounded time: <c>MAIL_FUZZ_SECONDS</c>, a second by default. The sequence depends on
/// <c>MAIL_FUZZ_SEED</c> alone. An exception, a run that takes too long or allocates too much is a failure that names seed, round and input.
/// </summary>
internal static class FuzzRunner
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(60);

    private static TimeSpan Budget => TimeSpan.FromSeconds(FromEnvironment("MAIL_FUZZ_SECONDS", 1));

    private static int Seed => (int)FromEnvironment("MAIL_FUZZ_SEED", 20260101);

    internal static async Task RunAsync(FuzzTarget target)
    {
        var state = new State(target, Seed);
        // A thread of its own: a parser that hangs must fail the test, not stop the run
        var work = Task.Factory.StartNew(() => Loop(state), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await work.WaitAsync(Budget + HangAfter);
        }
        catch (TimeoutException)
        {
            Assert.Fail(Describe(state, "hangs"));
        }
    }

    private sealed class State(FuzzTarget target, int seed)
    {
        internal FuzzTarget Target { get; } = target;
        internal int Seed { get; } = seed;
        internal volatile byte[] Input = [];
        internal int Round;
    }

    private static void Loop(State state)
    {
        var mutator = new FuzzMutator(state.Seed, state.Target.Corpus);
        var clock = Stopwatch.StartNew();
        foreach (var input in state.Target.Corpus) Once(state, input);
        while (clock.Elapsed < Budget) Once(state, mutator.Next());
    }

    private static void Once(State state, byte[] input)
    {
        state.Input = input;
        state.Round++;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = ThreadTime.Now;
        try
        {
            state.Target.Run(input);
        }
        catch (Exception exception)
        {
            Assert.Fail(Describe(state, $"throws {exception}"));
        }
        var elapsed = ThreadTime.Now - began;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (elapsed > LongestRun) Assert.Fail(Describe(state, $"takes {elapsed}"));
        if (allocated > state.Target.AllocationBound(input.Length)) Assert.Fail(Describe(state, $"allocates {allocated} octets"));
    }

    private static string Describe(State state, string what)
    {
        var file = Path.Combine(Path.GetTempPath(), $"fuzz-{state.Target.Name}-{state.Seed}-{state.Round}.bin");
        File.WriteAllBytes(file, state.Input);
        return $"{state.Target.Name} {what}. Seed {state.Seed}, round {state.Round}, {state.Input.Length} octets, kept in {file}.";
    }

    private static double FromEnvironment(string name, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
