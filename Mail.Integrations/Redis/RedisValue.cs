using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Mail.Integrations.Redis;

/// <summary>One argument of a command or one scalar answer: bytes, or null for "no such key".</summary>
public readonly struct RedisValue : IEquatable<RedisValue>
{
    private readonly bool _present;

    public RedisValue(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        _present = true;
    }

    public static RedisValue Null => default;

    public bool IsNull => !_present;

    public ReadOnlyMemory<byte> Bytes { get; }

    public static implicit operator RedisValue(string? value) => value is null ? Null : new(Encoding.UTF8.GetBytes(value));
    public static implicit operator RedisValue(byte[]? value) => value is null ? Null : new(value);
    public static implicit operator RedisValue(ReadOnlyMemory<byte> value) => new(value);
    public static implicit operator RedisValue(long value) => value.ToString(CultureInfo.InvariantCulture);
    public static explicit operator string?(RedisValue value) => value.IsNull ? null : Encoding.UTF8.GetString(value.Bytes.Span);

    /// <exception cref="FormatException">The value is null or not a whole number.</exception>
    public static explicit operator long(RedisValue value) =>
        Utf8Parser.TryParse(value.Bytes.Span, out long number, out var used) && used == value.Bytes.Length && used > 0
            ? number
            : throw new FormatException("The Redis value is not a whole number.");

    public override string ToString() => (string?)this ?? "";

    public bool Equals(RedisValue other) => IsNull == other.IsNull && Bytes.Span.SequenceEqual(other.Bytes.Span);
    public override bool Equals(object? obj) => obj is RedisValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(RedisValue left, RedisValue right) => left.Equals(right);
    public static bool operator !=(RedisValue left, RedisValue right) => !left.Equals(right);
}
