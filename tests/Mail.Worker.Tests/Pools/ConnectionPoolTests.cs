using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Pools;

public sealed class ConnectionPoolTests
{
    [Fact]
    public async Task The_outcome_of_a_message_does_not_wait_for_the_reply_to_quit()
    {
        await using var server = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(server.EndPoint);
        var pool = new ConnectionPool(0, TimeSpan.FromMinutes(1), system.BuildWorker().Services.GetRequiredService<WorkerMetrics>(), TimeProvider.System);
        var options = new SmtpClientOptions { LocalName = "client.test" };
        var connected = Assert.IsType<SmtpConnectResult.Connected>(await SmtpClientConnection.ConnectAsync(server.EndPoint, options, CancellationToken.None));

        pool.Return(new PooledConnection(connected.Connection, new Target("mx.test", server.EndPoint, 0), "none", tlsProblem: null));

        Assert.True(connected.Connection.IsUsable);
        Assert.DoesNotContain("QUIT", server.Commands);
        await pool.CloseSpentAsync();
        Assert.Contains("QUIT", server.Commands);
        Assert.True(pool.IsEmpty);
    }
}
