using System.CommandLine;
using Mail.Core.Secrets;

namespace Mail.Api.Commands;

internal static class KeyRingCommand
{
    public static Command Create()
    {
        var rotate = new Command("rotate", "Seals all stored secrets again with Mail:Secrets:MasterKey. May be stopped and repeated.");
        rotate.SetAction((_, cancellationToken) => ApiCommands.WithServicesAsync(services => RotateAsync(services, cancellationToken)));
        return new Command("keyring", "The master keys.") { rotate };
    }

    private static async Task<int> RotateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var unreadable = 0;
        await foreach (var report in services.GetRequiredService<RotateKeyRing>().RunAsync(cancellationToken))
        {
            Console.WriteLine($"{report.Name}: {report.Resealed} sealed again, {report.Unreadable} unreadable");
            unreadable += report.Unreadable;
        }
        return unreadable == 0
            ? ApiCommands.Done
            : ApiCommands.Complain(ApiCommands.Failed,
                $"{unreadable} value(s) open with none of the configured keys: keep the former keys, and add the missing one to Mail:Secrets:OtherKeys.");
    }
}
