using Mail.Core.Domains.Blocklists;
using Mail.Core.Domains.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains;

public static class DomainServices
{
    /// <summary>What makes, checks and moves sending domains, and the resolver it asks.</summary>
    public static IHostApplicationBuilder AddDomainOperations(this IHostApplicationBuilder builder)
    {
        builder.AddMailDns();
        builder.AddMailOptions<DomainOptions>(DomainOptions.Section);
        builder.AddMailOptions<BlocklistOptions>(BlocklistOptions.Section);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BlocklistOptions>, BlocklistOptionsValidator>());
        services.TryAddSingleton<SendingDomainName>();
        services.TryAddSingleton<DomainRecords>();
        services.TryAddSingleton<DnsRecordCheck>();
        services.TryAddSingleton<DomainProof>();
        services.TryAddSingleton<DkimKeyMaker>();
        services.TryAddSingleton<DomainChangeStore>();
        services.TryAddSingleton<DomainCheckStore>();
        services.TryAddSingleton<CreateDomain>();
        services.TryAddSingleton<CheckDomain>();
        services.TryAddSingleton<ClaimDomain>();
        services.TryAddSingleton<RotateDkim>();
        services.TryAddSingleton<DeleteDomain>();
        services.TryAddSingleton<BlocklistCheck>();
        return builder;
    }
}
