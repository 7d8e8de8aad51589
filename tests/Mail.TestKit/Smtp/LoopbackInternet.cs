using System.Net;
using System.Net.Sockets;
using Mail.TestKit.Dns;

namespace Mail.TestKit.Smtp;

/// <summary>
/// A small internet on this machine: a name server, and mail servers that have an address of 127.0.0.0/8 each and one port in common, so that
/// MX hosts and their preferences are real.
/// </summary>
public sealed class LoopbackInternet : IAsyncDisposable
{
    private readonly List<ScriptedSmtpServer> _servers = [];
    private readonly List<SilentPort> _silent = [];

    private LoopbackInternet()
    {
        Port = FreePort();
        Dns = TestDnsServer.Start();
    }

    /// <summary>Where every mail server listens.</summary>
    public int Port { get; }

    public TestDnsServer Dns { get; }

    public DnsZone Zone => Dns.Zone;

    public static LoopbackInternet Start() => new();

    /// <summary>A mail server of that name. Give it MX records by <see cref="Zone"/>.</summary>
    public ScriptedSmtpServer Serve(string host, SmtpScript? script = null)
    {
        var server = ScriptedSmtpServer.Start(script, Place(host));
        _servers.Add(server);
        return server;
    }

    /// <summary>A host that refuses connections.</summary>
    public void Refuse(string host) => Place(host);

    /// <summary>A host that does not answer.</summary>
    public void Silence(string host) => _silent.Add(new SilentPort(Place(host)));

    /// <summary>Where a host is.</summary>
    public IPEndPoint EndPointOf(string host) =>
        new((IPAddress)Zone.Find(host, Protocol.Dns.DnsRecordType.A).Records[0].Data, Port);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        _silent.ForEach(port => port.Dispose());
        await Dns.DisposeAsync();
    }

    private IPEndPoint Place(string host)
    {
        var address = LoopbackAddresses.Next();
        Zone.A(host, address.ToString());
        return new IPEndPoint(address, Port);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
