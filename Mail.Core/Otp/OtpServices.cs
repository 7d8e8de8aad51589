using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Otp;

public static class OtpServices
{
    /// <summary>What reads and settles challenges; sending needs <see cref="MailCore.AddAcceptMessages"/> too.</summary>
    public static IHostApplicationBuilder AddOtp(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<OtpOptions>(OtpOptions.Section);
        builder.Services.AddSingleton<OtpCode>();
        builder.Services.AddSingleton<OtpStore>();
        builder.Services.AddSingleton<SendOtp>();
        return builder;
    }
}
