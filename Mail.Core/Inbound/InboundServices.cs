using Mail.Core.Domains;
using Mail.Core.Secrets;
using Mail.Protocol.Dns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Core.Inbound;

public static class InboundServices
{
    /// <summary>What keeps inbound domains and received mail.</summary>
    public static IHostApplicationBuilder AddInboundDomains(this IHostApplicationBuilder builder)
    {
        builder.AddDomainOperations();
        builder.AddMailOptions<InboundMailOptions>(InboundMailOptions.Section);
        var services = builder.Services;
        services.TryAddSingleton<InboundDomainRecords>();
        services.TryAddSingleton<InboundDomainStore>();
        services.TryAddSingleton<InboundDomainCheckStore>();
        services.TryAddSingleton<CheckInboundDomain>();
        services.TryAddSingleton<InboundMessageStore>();
        services.TryAddSingleton(provider => new AttachmentLinks(
            new SignedTokens(provider.GetRequiredService<SecretBox>().DeriveKeys("attachment-links")), provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    /// <summary>What takes mail for them besides.</summary>
    /// <param name="resolver">Who answers for the senders' domains; by default the name servers.</param>
    public static IHostApplicationBuilder AddInboundMail(
        this IHostApplicationBuilder builder, Func<IServiceProvider, IDnsResolver>? resolver = null)
    {
        builder.AddInboundDomains();
        var services = builder.Services;
        services.AddSingleton(provider => new InboundAuthentication(
            resolver is null ? provider.GetRequiredService<IDnsResolver>() : resolver(provider), provider.GetRequiredService<IOptions<InboundMailOptions>>(),
            provider.GetRequiredService<IOptions<MailHostOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<InboundBlobs>();
        services.AddSingleton<InboundWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<InboundWriter>());
        services.AddSingleton<ReceiveInbound>();
        return builder;
    }
}
