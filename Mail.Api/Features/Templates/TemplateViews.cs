using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Templates;

/// <summary>Templates as they are shown: with what they say and which variables that takes.</summary>
internal sealed class TemplateViews(TemplateStore store, IOptions<TemplateLimits> limits)
{
    // Older ones are in the list of versions.
    private const int VersionsShown = 20;

    public async Task<TemplateResponse> OfAsync(OrganizationId organization, TemplateDetails template, CancellationToken cancellationToken)
    {
        var latest = (await store.FindVersionAsync(organization, template.Id, template.LastVersion, cancellationToken))!;
        return await OfAsync(organization, template, latest, cancellationToken);
    }

    public async Task<TemplateResponse> OfAsync(
        OrganizationId organization, TemplateDetails template, TemplateVersion latest, CancellationToken cancellationToken)
    {
        var active = template.ActiveVersion is not { } number ? null
            : number == latest.Number ? latest
            : await store.FindVersionAsync(organization, template.Id, number, cancellationToken);
        var versions = await store.ListVersionsAsync(organization, template.Id, null, VersionsShown, cancellationToken);
        return new TemplateResponse(
            template.Id.ToString(), template.Slug, template.Name, template.Status.ToText(), active is null ? null : Of(template, active),
            Of(template, latest), [.. versions.Select(version => TemplateVersionSummaryResponse.Of(version, template))],
            template.CreatedAt, template.UpdatedAt, template.PublishedAt, template.LastTestSentAt);
    }

    public TemplateVersionResponse Of(TemplateDetails template, TemplateVersion version) =>
        TemplateVersionResponse.Of(version, template, VariablesOf(version.Content));

    public AccountTemplateResponse OfAccount(TemplateDetails template, TemplateVersion latest) =>
        AccountTemplateResponse.Of(template, latest.Content, VariablesOf(latest.Content));

    private TemplateVariables VariablesOf(TemplateContent content) =>
        TemplateParts.Compile(content, limits.Value).Parts!.Variables();
}
