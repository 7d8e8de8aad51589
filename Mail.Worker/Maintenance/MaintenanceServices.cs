using Mail.Core;

namespace Mail.Worker.Maintenance;

internal static class MaintenanceServices
{
    public static IHostApplicationBuilder AddMaintenance(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<MaintenanceOptions>(MaintenanceOptions.Section);
        builder.Services.AddHostedService<MaintenanceLoop>();
        return builder;
    }
}
