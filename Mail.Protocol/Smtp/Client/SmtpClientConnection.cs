using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Mail.Protocol.Smtp;

/// <summary>What became of an attempt to connect.</summary>
public abstract record SmtpConnectResult
{
    private SmtpConnectResult()
    {
    }

    /// <summary>The session can take mail.</summary>
    /// <param name="Connection">The caller disposes it.</param>
    public sealed record Connected(SmtpClientConnection Connection) : SmtpConnectResult;

    /// <summary>It cannot; the connection is closed.</summary>
    /// <param name="Failure">Where and why.</param>
    public sealed record Failed(SmtpFailure Failure) : SmtpConnectResult;
}

/// <summary>
/// A client's session with one server: any number of transactions, one at a time (RFC 5321 §3). Not thread-safe.
/// </summary>
/// <remarks>
/// What the network and the server do comes back as values. Exceptions mean a misuse or a content that could not be read.
/// Cancellation ends the connection and is a value too (<see cref="SmtpCause.Cancelled"/>), because the caller must learn
/// whether the message may have been accepted.
/// </remarks>
public sealed class SmtpClientConnection : IAsyncDisposable
{
    private readonly SmtpChannel _channel;
    private readonly SmtpClientOptions _options;
    private bool _needsReset;
    private bool _quit;

    private SmtpClientConnection(SmtpChannel channel, SmtpClientOptions options, SmtpHandshake handshake)
    {
        _channel = channel;
        _options = options;
        Greeting = handshake.Greeting!;
        Extensions = handshake.Extensions;
        Tls = handshake.Tls;
    }

    /// <summary>The server's 220.</summary>
    public SmtpReply Greeting { get; }

    /// <summary>What the server offers, as told after STARTTLS if that was used.</summary>
    public SmtpExtensions Extensions { get; }

    /// <summary>The TLS session; null when the connection is in the clear.</summary>
    public SmtpTlsFacts? Tls { get; }

    /// <summary>The server's address; null when the connection was made over a given stream.</summary>
    public EndPoint? RemoteEndPoint { get; private init; }

    /// <summary>The address on this side; null when the connection was made over a given stream.</summary>
    public EndPoint? LocalEndPoint { get; private init; }

    /// <summary>Another transaction can be tried. A server that closed an idle connection is found out by trying.</summary>
    public bool IsUsable => !_quit && _channel.Failure is null;

    /// <summary>Why the connection cannot be used any more; null while it can.</summary>
    public SmtpFailure? Failure => _channel.Failure;

    /// <summary>Transactions started on this connection.</summary>
    public int Transactions { get; private set; }

    /// <summary>Where commands and replies are recorded from now on; null records nothing.</summary>
    public SmtpTranscript? Transcript
    {
        get => _channel.Transcript;
        set => _channel.Transcript = value;
    }

    /// <summary>Connects by TCP and goes through greeting, EHLO, STARTTLS and AUTH as the options say.</summary>
    /// <param name="endPoint">An address and port. A <see cref="DnsEndPoint"/> is resolved by the system.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives <see cref="SmtpCause.Cancelled"/>.</param>
    public static async Task<SmtpConnectResult> ConnectAsync(
        EndPoint endPoint, SmtpClientOptions options, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(options);
        var (socket, failure) = await SmtpDialer.DialAsync(endPoint, options, cancellationToken);
        if (socket is null)
        {
            options.Transcript?.Add(SmtpStage.Connect, SmtpSpeaker.Note, failure!.Detail ?? failure.Cause.ToString());
            return new SmtpConnectResult.Failed(failure!);
        }
        options.Transcript?.Add(SmtpStage.Connect, SmtpSpeaker.Note, $"connected to {socket.RemoteEndPoint}");
        return await OpenAsync(new NetworkStream(socket, ownsSocket: true), socket, options, cancellationToken);
    }

    /// <summary>The same over a connected duplex stream, which the connection then owns.</summary>
    public static Task<SmtpConnectResult> ConnectAsync(Stream stream, SmtpClientOptions options, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(options);
        return OpenAsync(stream, null, options, cancellationToken);
    }

    /// <summary>Sends one message to the recipients of the envelope.</summary>
    /// <exception cref="ArgumentException">The envelope has no recipient or a malformed parameter.</exception>
    public async ValueTask<SmtpTransactionResult> SendAsync(
        SmtpEnvelope envelope, ISmtpContent content, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_quit, this);
        SmtpEnvelopeCheck.ThrowIfUnusable(envelope);
        if (_channel.Failure is { } broken)
            return SmtpEnvelopeCheck.Result(envelope, broken with { Stage = SmtpStage.MailFrom }, usable: false);
        if (SmtpEnvelopeCheck.Find(envelope, content, Extensions, Tls) is { } unsendable)
            return SmtpEnvelopeCheck.Result(envelope, unsendable, usable: true);
        using var binding = _channel.Bind(cancellationToken);
        Transactions++;
        var transaction = new SmtpTransaction(_channel, _options, Extensions, envelope, content);
        var result = await transaction.RunAsync(_needsReset);
        _needsReset = transaction.NeedsReset;
        return result;
    }

    /// <inheritdoc cref="SendAsync(SmtpEnvelope, ISmtpContent, CancellationToken)"/>
    public ValueTask<SmtpTransactionResult> SendAsync(
        SmtpEnvelope envelope, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        SendAsync(envelope, SmtpContent.From(message), cancellationToken);

    /// <inheritdoc cref="SendAsync(SmtpEnvelope, ISmtpContent, CancellationToken)"/>
    public ValueTask<SmtpTransactionResult> SendAsync(
        SmtpEnvelope envelope, ReadOnlySequence<byte> message, CancellationToken cancellationToken) =>
        SendAsync(envelope, SmtpContent.From(message), cancellationToken);

    /// <summary>RSET: finds out whether an idle connection still lives. Null when it does.</summary>
    public async ValueTask<SmtpFailure?> ResetAsync(CancellationToken cancellationToken)
    {
        using var binding = _channel.Bind(cancellationToken);
        if (await ExchangeAsync("RSET", SmtpStage.Reset, _options.Timeouts.Command) is not { } reply)
            return _channel.Failure;
        _needsReset = false;
        if (!reply.IsPositive)
            _channel.Fail(new SmtpFailure(SmtpStage.Reset, SmtpCause.Refused, reply));
        return _channel.Failure;
    }

    /// <summary>Says QUIT and waits shortly for the reply (RFC 5321 §4.1.1.10). Dispose afterwards.</summary>
    public async ValueTask QuitAsync(CancellationToken cancellationToken)
    {
        if (!IsUsable)
            return;
        using var binding = _channel.Bind(cancellationToken);
        await ExchangeAsync("QUIT", SmtpStage.Quit, _options.Timeouts.Quit);
        _quit = true;
    }

    /// <summary>Closes the connection without a word.</summary>
    public ValueTask DisposeAsync()
    {
        _quit = true;
        return _channel.DisposeAsync();
    }

    private static async Task<SmtpConnectResult> OpenAsync(
        Stream stream, Socket? socket, SmtpClientOptions options, CancellationToken cancellationToken)
    {
        var channel = new SmtpChannel(stream, options.TimeProvider, options.Transcript);
        var handshake = new SmtpHandshake(channel, options);
        SmtpConnectResult? connected = null;
        try
        {
            // Ends before the channel is disposed of: a cancellation must not meet a disposed one.
            using var binding = channel.Bind(cancellationToken);
            if (await handshake.RunAsync() is { } failure)
            {
                channel.Fail(failure);
                return new SmtpConnectResult.Failed(failure);
            }
            return connected = new SmtpConnectResult.Connected(new SmtpClientConnection(channel, options, handshake)
            {
                RemoteEndPoint = socket?.RemoteEndPoint,
                LocalEndPoint = socket?.LocalEndPoint,
            });
        }
        finally
        {
            if (connected is null) // refused, or the caller's verification threw
                await channel.DisposeAsync();
        }
    }

    private async ValueTask<SmtpReply?> ExchangeAsync(string line, SmtpStage stage, TimeSpan timeout)
    {
        _channel.Output.WriteLine(line);
        _channel.EndCommand(stage);
        return await _channel.FlushAsync(stage, timeout) ? await _channel.ReadReplyAsync(stage, timeout) : null;
    }

    private static void ThrowIfUnusable(SmtpClientOptions options)
    {
        // The name goes into a command as it is.
        if (options.LocalName.Length == 0 || options.LocalName.Any(c => c is <= ' ' or > '~'))
            throw new ArgumentException("The EHLO name must be a host name or an address literal.", nameof(options));
        if (options.Tls == SmtpTlsMode.Verified && string.IsNullOrEmpty(options.ServerName))
            throw new ArgumentException("Verified TLS needs a server name.", nameof(options));
    }
}
