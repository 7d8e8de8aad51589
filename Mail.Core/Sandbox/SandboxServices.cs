using Mail.Core.Domains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Sandbox;

internal static class SandboxServices
{
    /// <summary>For all hosts: who accepts, who delivers and who receives have to mean the same addresses.</summary>
    public static void AddSandbox(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<SandboxOptions>(SandboxOptions.Section)
            .Validate<IOptions<MailHostOptions>>(
                (options, host) => !Is(options.Domain, host.Value.Name) && !Is(options.Domain, host.Value.BounceDomain),
                "Mail:Sandbox:Domain must not be the name of a host of this installation.");
        builder.Services.AddSingleton<SandboxDomain>();
        builder.Services.AddSingleton<SandboxStore>();
    }

    private static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
