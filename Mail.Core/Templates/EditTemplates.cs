using Mail.Core.Organizations;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Core.Templates;

/// <summary>Makes and changes templates. Content that does not compile is never stored.</summary>
public sealed class EditTemplates(TemplateChangeStore store, IOptions<TemplateLimits> limits, TimeProvider clock)
{
    /// <param name="isPublished">Whether it can be sent at once.</param>
    public async Task<TemplateChanged> CreateAsync(
        OrganizationId organization, string name, string? slug, TemplateContent content, bool isPublished, CancellationToken cancellationToken) =>
        Prepare(content, out var errors) is { } prepared
            ? await store.CreateAsync(organization, name, slug, prepared, isPublished, cancellationToken)
            : new TemplateChanged.Invalid(errors);

    /// <summary>Changes what the edit names. Other content than that of the latest version makes a new one.</summary>
    /// <param name="activates">Whether new content is sent from now on; a draft stays a draft.</param>
    public Task<TemplateChanged> UpdateAsync(
        OrganizationId organization, TemplateKey key, TemplateEdit edit, bool activates, CancellationToken cancellationToken) =>
        store.ChangeAsync(organization, key, (template, latest) =>
        {
            var content = edit.ApplyTo(latest.Content);
            if (content == latest.Content)
                return new TemplateChange.Apply(edit.Name, edit.Slug, edit.Status);
            return Prepare(content, out var errors) is { } prepared
                ? new TemplateChange.Apply(edit.Name, edit.Slug, edit.Status, new NewVersion(prepared, activates && template.ActiveVersion is not null))
                : new TemplateChange.Invalid(errors);
        }, cancellationToken);

    /// <summary>Adds a version, of what the edit names and the rest of the latest one.</summary>
    public Task<TemplateChanged> AddVersionAsync(
        OrganizationId organization, TemplateKey key, TemplateEdit edit, bool activates, CancellationToken cancellationToken) =>
        store.ChangeAsync(organization, key, (_, latest) =>
            Prepare(edit.ApplyTo(latest.Content), out var errors) is { } prepared
                ? new TemplateChange.Apply(Content: new NewVersion(prepared, activates))
                : new TemplateChange.Invalid(errors), cancellationToken);

    /// <param name="number">The version to send from now on; null for the latest.</param>
    public Task<TemplateChanged> ActivateAsync(OrganizationId organization, TemplateKey key, int? number, CancellationToken cancellationToken) =>
        store.ChangeAsync(organization, key, (template, latest) =>
        {
            var wanted = number ?? latest.Number;
            return template.ActiveVersion == wanted ? new TemplateChange.Nothing() : new TemplateChange.Apply(Activate: wanted);
        }, cancellationToken);

    public Task<bool> DeleteAsync(OrganizationId organization, TemplateKey key, CancellationToken cancellationToken) =>
        store.DeleteAsync(organization, key, cancellationToken);

    private TemplateContent? Prepare(TemplateContent content, out IReadOnlyList<PartError> errors)
    {
        (var prepared, errors) = content is { Html: null, Text: null }
            ? (null, [new PartError(TemplateParts.HtmlPart, new TemplateError(1, 1, "A template needs html or text."))])
            : TemplateInlining.Prepare(content, limits.Value, clock);
        return prepared;
    }
}

/// <summary>What to change; null leaves a field as it is, and an empty body takes it away.</summary>
/// <param name="Design">What a design document makes, instead of html and text.</param>
public sealed record TemplateEdit(
    string? Name = null, string? Slug = null, TemplateStatus? Status = null, string? Subject = null, string? Html = null, string? Text = null,
    TemplateContent? Design = null, bool? InlineCss = null)
{
    internal TemplateContent ApplyTo(TemplateContent content)
    {
        var subject = Subject ?? content.Subject;
        if (Design is not null)
            return Design with { Subject = subject };
        // Bodies of one's own are not made from the document any more.
        var edited = Html is null && Text is null
            ? content with { Subject = subject }
            : new TemplateContent(subject, Merge(Html, content.Html), Merge(Text, content.Text), null) { InlineCss = content.InlineCss };
        // What is sent is made anew when something else is to be sent.
        edited = edited with { InlineCss = InlineCss ?? edited.InlineCss };
        return edited with { InlinedHtml = (edited.Html, edited.InlineCss) == (content.Html, content.InlineCss) ? content.InlinedHtml : null };
    }

    private static string? Merge(string? changed, string? current) => changed is null ? current : changed.Length == 0 ? null : changed;
}
