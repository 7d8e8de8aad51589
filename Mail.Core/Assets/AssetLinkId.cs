using Mail.Core.Ids;

namespace Mail.Core.Assets;

public readonly record struct AssetLinkId(Guid Value) : IPrefixedId<AssetLinkId>
{
    public static string Prefix => "lnk";

    public static AssetLinkId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
