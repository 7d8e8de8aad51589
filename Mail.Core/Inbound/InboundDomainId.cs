using Mail.Core.Ids;

namespace Mail.Core.Inbound;

public readonly record struct InboundDomainId(Guid Value) : IPrefixedId<InboundDomainId>
{
    public static string Prefix => "ind";

    public static InboundDomainId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
