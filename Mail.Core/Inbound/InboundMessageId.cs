using Mail.Core.Ids;

namespace Mail.Core.Inbound;

public readonly record struct InboundMessageId(Guid Value) : IPrefixedId<InboundMessageId>
{
    public static string Prefix => "inm";

    public static InboundMessageId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
