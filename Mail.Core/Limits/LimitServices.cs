using Mail.Core.Billing;
using Mail.Core.Reputation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Limits;

public static class LimitServices
{
    /// <summary>Billing, sending limits and reputation.</summary>
    public static IHostApplicationBuilder AddLimits(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<BillingOptions>(BillingOptions.Section);
        builder.AddMailOptions<LimitOptions>(LimitOptions.Section);
        builder.AddMailOptions<ReputationOptions>(ReputationOptions.Section);
        builder.Services.AddSingleton<BillingStore>();
        builder.Services.AddSingleton<LimitStore>();
        builder.Services.AddSingleton<SendingStateStore>();
        builder.Services.AddSingleton<SendingGate>();
        builder.Services.AddSingleton<ReputationStore>();
        builder.Services.AddSingleton<ReputationRollUpStore>();
        return builder;
    }
}
