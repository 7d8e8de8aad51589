using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.TestKit.Smtp;

/// <summary>
/// Tells a Postfix who may log in, as Dovecot would (its authentication protocol, version 1.1): anybody with the right
/// password, by PLAIN or LOGIN.
/// </summary>
public sealed class PasswordServer : IAsyncDisposable
{
    // Base64 of "Username:" and "Password:", which clients of LOGIN wait for.
    private const string AskUser = "VXNlcm5hbWU6";
    private const string AskPassword = "UGFzc3dvcmQ6";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly string _password;
    private readonly Task _accepting;

    public PasswordServer(string password)
    {
        _password = password;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        try
        {
            await writer.WriteAsync("VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0123456789abcdef0123456789abcdef\nDONE\n");
            // What has been said so far, per log-in.
            var logins = new Dictionary<string, (string Mechanism, int Answers)>();
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (Answer(line.Split('\t'), logins) is { } answer)
                    await writer.WriteLineAsync(answer);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The test is over, or Postfix is.
        }
    }

    private string? Answer(string[] words, Dictionary<string, (string Mechanism, int Answers)> logins)
    {
        if (words[0] is not ("AUTH" or "CONT"))
            return null;
        var id = words[1];
        if (words[0] == "AUTH")
            logins[id] = (words[2], 0);
        var (mechanism, answers) = logins[id];
        var response = words[0] == "CONT" ? words[2] : words.FirstOrDefault(word => word.StartsWith("resp=", StringComparison.Ordinal))?[5..];
        if (response is null)
            return $"CONT\t{id}\t{(mechanism == "PLAIN" ? "" : AskUser)}";
        logins[id] = (mechanism, answers + 1);
        if (mechanism == "LOGIN" && answers == 0)
            return $"CONT\t{id}\t{AskPassword}";
        return PasswordOf(response) == _password ? $"OK\t{id}\tuser=anybody" : $"FAIL\t{id}\treason=not the password";
    }

    // The whole response of LOGIN; behind the second NUL of PLAIN (RFC 4616 §2).
    private static string? PasswordOf(string response)
    {
        var octets = new byte[response.Length];
        return Convert.TryFromBase64String(response, octets, out var length)
            ? Encoding.UTF8.GetString(octets, 0, length).Split('\0')[^1]
            : null;
    }
}
