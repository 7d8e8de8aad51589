using Mail.Core.Ids;

namespace Mail.Core.Batches;

public readonly record struct BatchId(Guid Value) : IPrefixedId<BatchId>
{
    public static string Prefix => "bat";

    public static BatchId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
