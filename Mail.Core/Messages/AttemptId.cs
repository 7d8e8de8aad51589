using Mail.Core.Ids;

namespace Mail.Core.Messages;

public readonly record struct AttemptId(Guid Value) : IPrefixedId<AttemptId>
{
    public static string Prefix => "att";

    public static AttemptId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
