using Mail.Core.Ids;

namespace Mail.Core.ApiKeys;

public readonly record struct ApiKeyId(Guid Value) : IPrefixedId<ApiKeyId>
{
    public static string Prefix => "key";

    public static ApiKeyId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
