using Mail.Core;
using Mail.Core.Domains;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

internal static class DomainRecheckServices
{
    public static void AddDomainRecheck(this IHostApplicationBuilder builder)
    {
        builder.AddDomainOperations();
        builder.AddMailOptions<DomainRecheckOptions>(DomainRecheckOptions.Section);
        builder.Services.AddSingleton<DomainRecheck>();
        builder.Services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DomainRecheckOptions>>().Value;
            return new MaintenanceJob("domains", options.Interval, options.Batch, provider.GetRequiredService<DomainRecheck>().RunAsync);
        });
    }
}
