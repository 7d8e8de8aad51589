using Mail.Core.Templates.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Templates;

public static class TemplateServices
{
    /// <summary>What rendering messages from templates needs.</summary>
    public static IHostApplicationBuilder AddTemplateRendering(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<TemplateLimits>(TemplateLimits.Section);
        builder.Services.AddSingleton<TemplateStore>();
        builder.Services.AddSingleton<TemplateChangeStore>();
        builder.Services.AddSingleton<EditTemplates>();
        builder.Services.AddSingleton<CompiledVersions>();
        builder.Services.AddSingleton<SendableTemplates>();
        return builder;
    }
}
