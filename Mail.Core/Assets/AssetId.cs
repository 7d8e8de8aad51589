using Mail.Core.Ids;

namespace Mail.Core.Assets;

public readonly record struct AssetId(Guid Value) : IPrefixedId<AssetId>
{
    public static string Prefix => "ast";

    public static AssetId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
