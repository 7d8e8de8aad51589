using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Core.Templates;

/// <summary>Finds what a message is rendered from: the active version of a template, or one that is named.</summary>
public sealed class SendableTemplates(TemplateStore store, CompiledVersions compiled, IOptions<TemplateLimits> limits, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private const int Capacity = 100_000;

    // Which version is active may change at any moment; what a version says may not.
    private readonly ExpiringCache<(OrganizationId Organization, TemplateKey Key), TemplateDetails?> _templates = new(clock, Lifetime, Capacity);

    /// <summary>Null when there is no template of this name that can be sent, or it has no such version.</summary>
    public async ValueTask<SendableTemplate?> FindAsync(OrganizationId organization, TemplateUse use, CancellationToken cancellationToken)
    {
        if (use.Template is null || TemplateKey.Read(use.Template) is not { } key)
            return null;
        // Who tries a template out has just changed it.
        var template = use.IsTest
            ? await store.FindAsync(organization, key, cancellationToken)
            : await _templates.GetAsync(
                (organization, key), (wanted, token) => store.FindAsync(wanted.Organization, wanted.Key, token), cancellationToken);
        if (template is null || !(use.IsTest || template.CanBeSent))
            return null;
        var number = use.IsTest ? template.LastVersion : template.ActiveVersion!.Value;
        if (use.Version is { } id)
        {
            if (await store.FindVersionAsync(organization, template.Id, id, cancellationToken) is not { } named)
                return null;
            number = named.Number;
        }
        return await CompileAsync(organization, template.Id, number, cancellationToken) is { } parts
            ? new SendableTemplate(template, number, parts)
            : null;
    }

    /// <summary>The compiled parts of a version; null when there is no such version.</summary>
    public ValueTask<TemplateParts?> CompileAsync(
        OrganizationId organization, TemplateId template, int number, CancellationToken cancellationToken) =>
        compiled.GetAsync(organization, template, number, async token =>
        {
            if (await store.FindVersionAsync(organization, template, number, token) is not { Content: var content })
                return null;
            var (parts, errors) = TemplateParts.Compile(content, limits.Value);
            // Versions are stored only when they compile.
            return parts ?? throw new InvalidOperationException($"Version {number} of {template} does not compile: {errors[0]}");
        }, cancellationToken);
}

public sealed record SendableTemplate(TemplateDetails Template, int Number, TemplateParts Parts);
