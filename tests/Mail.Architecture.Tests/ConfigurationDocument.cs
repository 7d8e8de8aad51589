using System.Text;

namespace Mail.Architecture.Tests;

internal static class ConfigurationDocument
{
    private const string Opening =
        """
        # Configuration

        *Made of the option types by a test; do not edit. `make docs` writes it again.*

        Every setting can be given as an environment variable (`Mail__Delivery__Mode=direct`), on the command line
        (`--Mail:Delivery:Mode=direct`) or in `appsettings.json`. What is given to the AppHost under `Mail` reaches all services.
        A value out of its range stops the start, and all problems are listed at once.

        * **Durations** are written `[days.]hours:minutes:seconds[.fraction]`: `00:00:30` is 30 seconds, `2.00:00:00` two days.
        * **Lists** have one setting per item, numbered from 0.
        * An empty default means that the setting is not set.


        """;

    private const string Closing =
        """
        ## Settings of the platform

        | setting | who reads it | meaning |
        |---|---|---|
        | `ConnectionStrings:maildb` | all | PostgreSQL, as Npgsql writes it. Required. |
        | `ConnectionStrings:blobs` | all | Azure Blob Storage or Azurite: a connection string, or the service's https address to sign in with a token. Required. |
        | `ConnectionStrings:redis` | Mail.Api | `host:port,password=…,ssl=true`. Required; a server that is away only degrades. |
        | `ASPNETCORE_URLS` | all | where HTTP is served: the API, and `/health` and `/alive` of every host |
        | `DOTNET_ENVIRONMENT` | all | in `Development` Mail.Inbound takes all mail, `migrate` seeds the demo organization, and health shows detail; nowhere else |
        | `OTEL_EXPORTER_OTLP_ENDPOINT` | all | where traces, metrics and logs go; unset: nowhere. The other `OTEL_*` variables are honoured. |
        | `services:inbound:smtp:0` | Mail.Worker | the capturing listener, set by the AppHost; default of `Mail:Delivery:CaptureAddress` |
        | `Logging:LogLevel:*` | all | as everywhere in .NET |

        Settings of the AppHost itself are in [its README](../Mail.AppHost/README.md#settings).

        """;

    /// <summary>The whole page, with line feeds.</summary>
    public static string Write(IReadOnlyList<OptionsSection> sections)
    {
        var page = new StringBuilder(Opening);
        foreach (var section in sections)
        {
            page.Append($"## {section.Path}\n\n{section.Summary} ({section.Owner})\n\n");
            page.Append("| setting and variable | type | default | range | meaning |\n|---|---|---|---|---|\n");
            foreach (var setting in section.Settings)
                page.Append($"| `{setting.Key}`<br>`{setting.Variable}` | {setting.Type} | {Code(setting.Default)} | {Cell(setting.Range)} | {Cell(setting.Meaning)} |\n");
            page.Append('\n');
        }
        return page.Append(Closing).ToString().ReplaceLineEndings("\n");
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
