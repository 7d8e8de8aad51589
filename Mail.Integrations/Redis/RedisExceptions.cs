namespace Mail.Integrations.Redis;

/// <summary>Redis could not do what it was asked to.</summary>
public class RedisException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>No connection to Redis, or it broke before the answer came. The command may or may not have run.</summary>
public sealed class RedisConnectionException(string message, Exception? inner = null) : RedisException(message, inner);

/// <summary>No answer in time. The command may or may not have run.</summary>
public sealed class RedisTimeoutException(string message) : RedisException(message);

/// <summary>Redis answered with an error.</summary>
public sealed class RedisServerException(string message) : RedisException(message)
{
    /// <summary>The first word of the error: <c>ERR</c>, <c>NOSCRIPT</c>, <c>WRONGTYPE</c> …</summary>
    public string Code => Message.Split(' ', 2)[0];
}

/// <summary>The peer does not speak RESP, or an answer exceeds the limits. The connection is given up.</summary>
public sealed class RedisProtocolException(string message) : RedisException(message);
