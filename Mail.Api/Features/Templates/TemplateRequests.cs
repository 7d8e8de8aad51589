using Mail.Api.Features.Messages;
using Mail.Api.Http;

namespace Mail.Api.Features.Templates;

/// <summary>The body of <c>POST /v1/mail/templates</c>.</summary>
[RequiredFields("name", "subject")]
public sealed record CreateTemplateRequest
{
    public string? Name { get; init; }

    /// <summary>What the template is addressed by besides its id; made from the name when absent.</summary>
    public string? Slug { get; init; }

    public string? Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>A design document instead of html and text.</summary>
    public DesignInput? Design { get; init; }

    /// <summary>Whether the rules of style elements are sent as style attributes; only with html.</summary>
    public bool? InlineCss { get; init; }
}

/// <summary>The body of <c>PATCH /v1/mail/templates/{idOrSlug}</c>: absent fields stay; an empty html or text goes.</summary>
public sealed record UpdateTemplateRequest
{
    public string? Name { get; init; }

    public string? Slug { get; init; }

    /// <summary><c>active</c> or <c>archived</c>.</summary>
    public string? Status { get; init; }

    public string? Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>A design document instead of html and text.</summary>
    public DesignInput? Design { get; init; }

    /// <summary>Whether the rules of style elements are sent as style attributes; only with html.</summary>
    public bool? InlineCss { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/templates/{idOrSlug}/versions</c>: absent fields are those of the latest version.</summary>
public sealed record CreateTemplateVersionRequest
{
    public string? Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>A design document instead of html and text.</summary>
    public DesignInput? Design { get; init; }

    /// <summary>Whether the rules of style elements are sent as style attributes; only with html.</summary>
    public bool? InlineCss { get; init; }

    /// <summary>Whether the version is sent from now on.</summary>
    public bool? Activate { get; init; }
}

/// <summary>The body of a preview.</summary>
public sealed record PreviewTemplateRequest
{
    public VariablesInput? Data { get; init; }

    /// <summary>The same as data.</summary>
    public VariablesInput? Variables { get; init; }

    /// <summary>The version to show; absent for the active one, and for a draft the latest.</summary>
    public string? VersionId { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/templates/preview</c>: what is not stored yet.</summary>
public sealed record PreviewContentRequest
{
    public string? Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>A design document instead of html and text.</summary>
    public DesignInput? Design { get; init; }

    /// <summary>Whether the rules of style elements are sent as style attributes; only with html.</summary>
    public bool? InlineCss { get; init; }

    public VariablesInput? Data { get; init; }
}

/// <summary>The body of <c>POST /v1/templates</c> and, where it replaces the draft, of <c>PUT /v1/templates/{id}</c>.</summary>
[RequiredFields("name", "subject")]
public sealed record DraftTemplateRequest
{
    public string? Name { get; init; }

    public string? Slug { get; init; }

    public string? Subject { get; init; }

    public string? Html { get; init; }

    public string? Text { get; init; }

    /// <summary>A design document instead of html and text.</summary>
    public DesignInput? Design { get; init; }

    /// <summary>Whether the rules of style elements are sent as style attributes; only with html.</summary>
    public bool? InlineCss { get; init; }
}

/// <summary>The body of <c>POST /v1/mail/send-template</c>.</summary>
[RequiredFields("from", "to", "template")]
public sealed record SendTemplateRequest : MessageRequest
{
    /// <summary>Id or slug.</summary>
    public string? Template { get; init; }

    /// <summary>The version to send; absent for the active one.</summary>
    public string? VersionId { get; init; }

    internal override bool SeparatedAddresses => false;

    internal override string TemplateName => Template ?? "";

    internal override string? TemplateVersion => VersionId;
}

/// <summary>The body of <c>POST /v1/mail/templates/{idOrSlug}/test-send</c>.</summary>
public sealed record TestTemplateRequest : MessageRequest
{
    /// <summary>The version to try; absent for the latest.</summary>
    public string? VersionId { get; init; }

    internal override bool SeparatedAddresses => false;

    // The route names the template.
    internal override string TemplateName => "";

    internal override string? TemplateVersion => VersionId;
}
