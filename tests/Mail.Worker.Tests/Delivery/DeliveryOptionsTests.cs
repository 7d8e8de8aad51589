using Mail.Core;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Delivery;

public sealed class DeliveryOptionsTests
{
    [Fact]
    public async Task A_bad_configuration_stops_the_start_with_all_problems()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var worker = system.BuildWorker(
            ("Mail:Delivery:Smarthost", "nonsense"), ("Mail:Delivery:MxPort", "0"), ("Mail:Dns:Servers:0", "resolver"),
            ("Mail:Queue:Lease", "00:00:01"));

        var error = Assert.ThrowsAny<Exception>(worker.ValidateOptions);

        var text = error.ToString();
        Assert.Contains("Smarthost 'nonsense'", text);
        Assert.Contains("MxPort", text);
        Assert.Contains("'resolver'", text);
        Assert.Contains("Lease", text);
    }

    [Theory]
    [InlineData("mail.example.com:587", "mail.example.com", 587)]
    [InlineData("127.0.0.1:25", "127.0.0.1", 25)]
    [InlineData("[::1]:2525", "::1", 2525)]
    [InlineData("tcp://localhost:2525", "localhost", 2525)]
    public void A_server_is_written_as_host_and_port(string text, string host, int port) =>
        Assert.Equal(new HostAndPort(host, port), HostAndPort.TryParse(text));

    [Theory]
    [InlineData("mail.example.com")]
    [InlineData(":25")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("ho st:25")]
    public void Anything_else_is_not_a_server(string text) => Assert.Null(HostAndPort.TryParse(text));
}
