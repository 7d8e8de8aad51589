using Mail.Core.Ids;

namespace Mail.Core.Inbound;

public readonly record struct OperatorMailId(Guid Value) : IPrefixedId<OperatorMailId>
{
    public static string Prefix => "opm";

    public static OperatorMailId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
