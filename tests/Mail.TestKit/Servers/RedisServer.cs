using System.Net.Sockets;

namespace Mail.TestKit.Servers;

/// <summary>A real Redis.</summary>
public sealed class RedisServer : TestServer
{
    private static readonly Lazy<Task<RedisServer>> Shared = new(() => StartAsync());
    private readonly string[] _arguments;

    private RedisServer(string[] arguments) : base("run-redis") => _arguments = arguments;

    public override string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>The one for all tests of this process. It is never stopped: a test that stops its server starts its own.</summary>
    public static Task<RedisServer> SharedAsync() => Shared.Value;

    /// <param name="arguments">Settings of redis-server: <c>--requirepass</c>, <c>secret</c> …</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = new RedisServer(arguments);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Forgets everything.</summary>
    public async Task FlushAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        await client.GetStream().WriteAsync("FLUSHALL\r\n"u8.ToArray());
        var answer = new byte[64];
        if (await client.GetStream().ReadAsync(answer) < 3 || answer[0] != '+') throw new InvalidOperationException("FLUSHALL was refused.");
    }

    protected override IEnumerable<string> Arguments => _arguments;

    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, cancellationToken);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[64];
            var length = await client.GetStream().ReadAsync(answer, cancellationToken);
            var text = System.Text.Encoding.ASCII.GetString(answer, 0, length);
            return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
