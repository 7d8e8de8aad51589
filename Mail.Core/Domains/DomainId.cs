using Mail.Core.Ids;

namespace Mail.Core.Domains;

public readonly record struct DomainId(Guid Value) : IPrefixedId<DomainId>
{
    public static string Prefix => "dom";

    public static DomainId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
