using Mail.Core.Tls;
using Mail.Core.Tls.Reports;
using Mail.Worker.Maintenance;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Tls;

internal static class TlsReportServices
{
    /// <summary>Sends TLS reports, and forgets what is over.</summary>
    public static void AddTlsReports(this IHostApplicationBuilder builder)
    {
        builder.AddTls();
        builder.Services.AddSingleton<TlsReportChannels>();
        builder.Services.AddSingleton<SendTlsReports>();
        builder.Services.AddSingleton(provider => new MaintenanceJob(
            "TLS reports", provider.GetRequiredService<IOptions<TlsReportOptions>>().Value.SendInterval, 1,
            async token => await provider.GetRequiredService<SendTlsReports>().RunAsync(token) ? 1 : 0));
        builder.Services.AddMaintenanceJob<TlsReportStore>((store, options) => MaintenanceJob.Whole(
            "counts of TLS sessions", options.PartitionInterval, store.DeleteOldAsync));
        builder.Services.AddMaintenanceJob<MtaStsStore>((store, options) => MaintenanceJob.Whole(
            "MTA-STS policies that are over", options.PartitionInterval, store.DeleteExpiredAsync));
    }
}
