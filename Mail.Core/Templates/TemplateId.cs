using Mail.Core.Ids;

namespace Mail.Core.Templates;

public readonly record struct TemplateId(Guid Value) : IPrefixedId<TemplateId>
{
    public static string Prefix => "tpl";

    public static TemplateId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
