namespace Mail.Core.Templates;

/// <summary>What to change about a template, decided under its lock.</summary>
public abstract record TemplateChange
{
    private TemplateChange()
    {
    }

    /// <summary>Null leaves a field as it is.</summary>
    /// <param name="Content">Makes a new version.</param>
    /// <param name="Activate">The number of the version to send from now on.</param>
    public sealed record Apply(
        string? Name = null, string? Slug = null, TemplateStatus? Status = null, NewVersion? Content = null, int? Activate = null) : TemplateChange;

    /// <summary>There is nothing to do.</summary>
    public sealed record Nothing : TemplateChange;

    /// <summary>The content that would result cannot be compiled.</summary>
    public sealed record Invalid(IReadOnlyList<PartError> Errors) : TemplateChange;
}

/// <param name="IsActive">Whether it is sent from now on.</param>
public sealed record NewVersion(TemplateContent Content, bool IsActive);

/// <summary>What came of a change.</summary>
public abstract record TemplateChanged
{
    private TemplateChanged()
    {
    }

    /// <param name="Latest">The latest version.</param>
    public sealed record Done(TemplateDetails Template, TemplateVersion Latest) : TemplateChanged;

    public sealed record NotFound : TemplateChanged;

    public sealed record SlugTaken(string Slug) : TemplateChanged;

    public sealed record Invalid(IReadOnlyList<PartError> Errors) : TemplateChanged;
}
