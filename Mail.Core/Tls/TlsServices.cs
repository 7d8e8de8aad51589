using Mail.Core.Queue;
using Mail.Core.Tls.Reports;
using Mail.Protocol.Dns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tls;

public static class TlsServices
{
    /// <summary>What finds out how mail is to come to other people's servers.</summary>
    public static IHostApplicationBuilder AddTls(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        // Asked for by several: the client must not be set up twice.
        if (services.Any(service => service.ServiceType == typeof(MtaStsFetch)))
            return builder;
        builder.AddMailOptions<TlsOptions>(TlsOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>());
        builder.AddMailOptions<TlsReportOptions>(TlsReportOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TlsReportOptions>, TlsReportOptionsValidator>());
        services.TryAddSingleton<TlsReportStore>();
        services.TryAddSingleton<TrustedRoots>();
        services.TryAddSingleton<MtaStsStore>();
        services.TryAddSingleton<MtaStsFetch>();
        services.TryAddSingleton<MtaStsPolicies>();
        services.TryAddSingleton<TlsPolicies>();
        services.AddHttpClient(MtaStsFetch.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => MtaStsFetch.Handler(
                provider.GetRequiredService<IDnsResolver>(), provider.GetRequiredService<IOptions<DeliveryOptions>>().Value,
                provider.GetRequiredService<TrustedRoots>()))
            // A stranger's host is no name of one of our services, and a fetch is not repeated behind the schedule's back.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        return builder;
    }
}
