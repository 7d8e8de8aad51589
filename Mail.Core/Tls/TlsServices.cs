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
        builder.AddMailOptions<TlsOptions>(TlsOptions.Section);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>());
        services.TryAddSingleton<TrustedRoots>();
        return builder;
    }
}
