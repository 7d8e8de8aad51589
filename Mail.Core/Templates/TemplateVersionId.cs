using Mail.Core.Ids;

namespace Mail.Core.Templates;

public readonly record struct TemplateVersionId(Guid Value) : IPrefixedId<TemplateVersionId>
{
    public static string Prefix => "tpv";

    public static TemplateVersionId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
