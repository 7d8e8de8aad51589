using Mail.Core.Ids;

namespace Mail.Core.Suppressions;

public readonly record struct SuppressionId(Guid Value) : IPrefixedId<SuppressionId>
{
    public static string Prefix => "sup";

    public static SuppressionId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
