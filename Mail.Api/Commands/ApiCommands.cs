using System.CommandLine;
using Mail.Core;
using Mail.Core.Domains;
using Mail.Core.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Api.Commands;

/// <summary>What the program does besides serving. A new command is one line in <see cref="RunAsync"/>.</summary>
internal static class ApiCommands
{
    public const int Done = 0;
    /// <summary>Asked for something that cannot be, or wrongly.</summary>
    public const int Refused = 1;
    /// <summary>Database away or configuration missing.</summary>
    public const int Failed = 2;

    private static readonly string[] HelpAndVersion = ["-h", "-?", "--help", "--version"];

    /// <summary>False for arguments that configure the server, such as <c>--urls</c>.</summary>
    public static bool IsCommand(string[] args) => args.Length > 0 && (!args[0].StartsWith('-') || HelpAndVersion.Contains(args[0]));

    public static Task<int> RunAsync(string[] args) =>
        new RootCommand("Mail.Api: serves the HTTP API when started without a command.")
        {
            MigrateCommand.Create(),
            OrganizationCommand.Create(),
            KeyCommand.Create(),
            QueueCommand.Create(),
            DomainCommand.Create(),
            DeliveryCommand.Create(),
            KeyRingCommand.Create(),
        }.Parse(args).InvokeAsync();

    /// <summary>Runs a command against the services of the core, without starting a host.</summary>
    public static async Task<int> WithServicesAsync(Func<IServiceProvider, Task<int>> run, Action<IHostApplicationBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        // Standard output is for what was asked.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).AddFilter("Npgsql", LogLevel.Warning);
        builder.AddMailCore();
        builder.AddDomainOperations();
        configure?.Invoke(builder);
        using var host = builder.Build();
        try
        {
            return await run(host.Services);
        }
        catch (OptionsValidationException error)
        {
            return Complain(Failed, string.Join(Environment.NewLine, error.Failures));
        }
        catch (MigrationException error)
        {
            return Complain(Failed, error.Message);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return Complain(Failed, "The database has no tables yet: run 'Mail.Api migrate' first.");
        }
        catch (NpgsqlException error)
        {
            return Complain(Failed, $"The database cannot be used: {error.Message}. It is ConnectionStrings:maildb of the configuration.");
        }
    }

    public static int Complain(int exitCode, string message)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
