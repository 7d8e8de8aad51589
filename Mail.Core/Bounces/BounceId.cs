using Mail.Core.Ids;

namespace Mail.Core.Bounces;

public readonly record struct BounceId(Guid Value) : IPrefixedId<BounceId>
{
    public static string Prefix => "bnc";

    public static BounceId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
