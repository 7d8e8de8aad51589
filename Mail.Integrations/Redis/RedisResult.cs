namespace Mail.Integrations.Redis;

/// <summary>The kinds of answer that RESP2 and RESP3 have.</summary>
public enum RedisResultKind
{
    Null,
    SimpleString,
    Error,
    Integer,
    BulkString,
    Double,
    Boolean,
    BigNumber,
    VerbatimString,
    Array,
    Map,
    Set,
    Push,
}

/// <summary>An answer of Redis: a scalar in <see cref="Value"/>, or an aggregate in <see cref="Items"/> (a map has its keys and values in turn).</summary>
public sealed class RedisResult
{
    internal static readonly RedisResult Null = new(RedisResultKind.Null, RedisValue.Null);

    internal RedisResult(RedisResultKind kind, RedisValue value)
    {
        Kind = kind;
        Value = value;
        Items = [];
    }

    internal RedisResult(RedisResultKind kind, IReadOnlyList<RedisResult> items)
    {
        Kind = kind;
        Items = items;
    }

    public RedisResultKind Kind { get; }
    public RedisValue Value { get; }
    public IReadOnlyList<RedisResult> Items { get; }
    public bool IsNull => Kind == RedisResultKind.Null;

    public RedisResult this[int index] => Items[index];

    public static explicit operator long(RedisResult result) => (long)result.Value;
    public static explicit operator string?(RedisResult result) => (string?)result.Value;

    public override string ToString() => Items.Count > 0 ? $"{Kind}[{Items.Count}]" : Value.ToString();
}
