namespace Aspire.Hosting;

/// <summary>
/// Lets a test run the AppHost's own <c>Main</c> up to <c>Build()</c> and take the builder from there, as the testing
/// package does.
/// </summary>
internal static class DistributedApplicationEntryPoint
{
    private static readonly AsyncLocal<Action<DistributedApplicationBuilder>?> Taken = new();

    public static void Built(DistributedApplicationBuilder builder)
    {
        if (Taken.Value is not { } take) return;
        take(builder);
        throw new BuilderTakenException();
    }

    public static async Task<DistributedApplicationBuilder> RunAsync(System.Reflection.Assembly assembly, string[] args)
    {
        DistributedApplicationBuilder? taken = null;
        var entryPoint = assembly.EntryPoint ?? throw new InvalidOperationException($"{assembly} has no entry point.");
        await Task.Run(() =>
        {
            Taken.Value = builder => taken = builder;
            try
            {
                var result = entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? null : [args]);
                if (result is Task task) task.GetAwaiter().GetResult();
            }
            catch (System.Reflection.TargetInvocationException e) when (e.InnerException is BuilderTakenException)
            {
            }
            catch (BuilderTakenException)
            {
            }
        });
        return taken ?? throw new InvalidOperationException("The AppHost ended without building its application.");
    }

    private sealed class BuilderTakenException : Exception;
}
