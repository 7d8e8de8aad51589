using System.Net;
using Mail.Core;
using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Inbound;
using Mail.Core.RateLimits;
using Mail.Inbound.Bodies;
using Mail.Inbound.Pipeline;
using Mail.Inbound.Sandbox;
using Mail.Inbound.Session;
using Mail.Inbound.Session.Handlers;
using Mail.Inbound.Submission;
using Mail.Protocol.Dns;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Mail.Inbound;

internal static class SmtpListener
{
    /// <summary>The SMTP listener on Kestrel's connection layer, beside the HTTP endpoints of the host.</summary>
    public static WebApplicationBuilder AddSmtpListener(this WebApplicationBuilder builder)
    {
        builder.AddInboundMail(Resolver);
        builder.AddMailOptions<InboundOptions>(InboundOptions.Section)
            .Validate(options => options.Address == "*" || IPAddress.TryParse(options.Address, out _), "Mail:Inbound:Address must be an IP address or *.")
            .Validate(options => options.ProxyFrom.All(IsNetwork), "Mail:Inbound:ProxyFrom must be IP addresses or networks such as 10.0.0.0/8.")
            .Validate(options => options.CertificateFile is null || File.Exists(options.CertificateFile),
                "Mail:Inbound:CertificateFile does not exist.")
            .Validate(options => options.CertificateKeyFile is null || File.Exists(options.CertificateKeyFile),
                "Mail:Inbound:CertificateKeyFile does not exist.");
        builder.AddBodies();
        var services = builder.Services;
        services.AddSingleton<CaptureWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<CaptureWriter>());
        services.AddSingleton<SandboxPolicy>();
        services.AddSingleton<SandboxReceiver>();
        services.AddSingleton<RecipientPolicy>();
        services.AddSingleton<CaptureChecks>();
        services.AddSingleton<CaptureReceiver>();
        services.AddSingleton<ReportReceiver>();
        services.AddSingleton<InboundReceiver>();
        services.AddSingleton<MessageReceiver>();
        services.AddSingleton<RcptHandler>();
        services.AddSingleton<DataHandler>();
        builder.AddSubmission();
        services.AddSingleton<VerbHandlers>();
        services.AddSingleton<ServerCertificates>();
        services.AddSingleton<SmtpServer>();
        services.AddSingleton<SmtpConnectionHandler>();
        var options = builder.Configuration.GetSection($"{MailCore.ConfigurationRoot}:{InboundOptions.Section}").Get<InboundOptions>() ?? new();
        var submission = builder.Configuration.GetSection($"{MailCore.ConfigurationRoot}:{SubmissionOptions.Section}").Get<SubmissionOptions>() ?? new();
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey];
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            ListenHttp(kestrel, urls);
            ListenSmtp(kestrel, options.Address, options.Port, SmtpServiceKind.Exchange);
            ListenSmtp(kestrel, options.Address, submission.Port, SmtpServiceKind.Submission);
            ListenSmtp(kestrel, options.Address, submission.TlsPort, SmtpServiceKind.SubmissionTls);
        });
        return builder;
    }

    private static void AddSubmission(this WebApplicationBuilder builder)
    {
        builder.AddMailOptions<SubmissionOptions>(SubmissionOptions.Section)
            .Validate<IOptions<InboundOptions>, IHostEnvironment>(
                (options, inbound, environment) => options is { Port: null, TlsPort: null }
                    || inbound.Value.CertificateFile is not null || environment.IsDevelopment(),
                "Mail:Submission needs Mail:Inbound:CertificateFile: nobody logs in without TLS.");
        builder.AddRateLimits();
        var services = builder.Services;
        services.AddSingleton<LoginFailures>();
        services.AddSingleton<SubmissionLogins>();
        services.AddSingleton<SubmissionReceiver>();
        services.AddSingleton<AuthHandler>();
        services.AddSingleton<SubmissionHandler>();
    }

    private static void ListenSmtp(KestrelServerOptions kestrel, string address, int? port, SmtpServiceKind kind)
    {
        if (port is not { } number)
            return;
        if (address == "*")
            kestrel.ListenAnyIP(number, Serve);
        else if (IPAddress.TryParse(address, out var ip))
            kestrel.Listen(ip, number, Serve);

        // Made now, so that a certificate which cannot be read stops the start.
        void Serve(ListenOptions listen)
        {
            var handler = listen.ApplicationServices.GetRequiredService<SmtpConnectionHandler>();
            listen.Run(connection => handler.ServeAsync(connection, kind));
        }
    }

    // Endpoints in code replace those of the configuration, so the HTTP ones are repeated here.
    private static void ListenHttp(KestrelServerOptions kestrel, string? urls)
    {
        foreach (var url in (urls ?? "http://localhost:5003").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var address = BindingAddress.Parse(url);
            if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
                kestrel.Listen(ip, address.Port);
            else if (address.Host == "localhost")
                kestrel.ListenLocalhost(address.Port);
            else
                kestrel.ListenAnyIP(address.Port);
        }
    }

    private static bool IsNetwork(string text) => IPAddress.TryParse(text, out _) || IPNetwork.TryParse(text, out _);

    private static IDnsResolver Resolver(IServiceProvider provider)
    {
        var real = provider.GetRequiredService<IDnsResolver>();
        if (!provider.GetRequiredService<IHostEnvironment>().IsDevelopment())
            return real;
        var keys = new PublishedKeys(real, provider.GetRequiredService<DkimKeyStore>(), provider.GetRequiredService<TimeProvider>());
        return new PublishedPolicies(
            keys, provider.GetRequiredService<ReturnPathHostStore>(), provider.GetRequiredService<InboxOwnerStore>(),
            provider.GetRequiredService<DomainRecords>());
    }
}
