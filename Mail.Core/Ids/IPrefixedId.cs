namespace Mail.Core.Ids;

/// <summary>A typed id: a UUIDv7 in the database, <c>prefix_</c> + 26 base-32 characters in the API.</summary>
public interface IPrefixedId<TSelf> where TSelf : struct, IPrefixedId<TSelf>
{
    static abstract string Prefix { get; }

    static abstract TSelf From(Guid value);

    Guid Value { get; }
}
