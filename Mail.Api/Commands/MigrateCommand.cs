using System.CommandLine;
using Mail.Core.Organizations;
using Mail.Core.Persistence;

namespace Mail.Api.Commands;

internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Brings the database to this program's schema; in Development also seeds the demo organization.");
        command.SetAction((_, cancellationToken) => ApiCommands.WithServicesAsync(services => RunAsync(services, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var applied = await services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
        Console.WriteLine(applied == 0 ? "The database is up to date." : $"Applied {applied} migration(s).");
        if (services.GetRequiredService<IHostEnvironment>().IsDevelopment())
            await services.GetRequiredService<DemoSeed>().RunAsync(cancellationToken);
        return ApiCommands.Done;
    }
}
