namespace Mail.Protocol.Smtp;

/// <summary>From the first octet to a session that can take mail: greeting, EHLO, STARTTLS, EHLO again, AUTH.</summary>
internal sealed class SmtpHandshake(SmtpChannel channel, SmtpClientOptions options)
{
    public SmtpReply? Greeting { get; private set; }

    public SmtpExtensions Extensions { get; private set; } = SmtpExtensions.None;

    public SmtpTlsFacts? Tls { get; private set; }

    public async ValueTask<SmtpFailure?> RunAsync()
    {
        if (options.ImplicitTls && await UpgradeAsync(SmtpStage.Connect) is { } insecure)
            return insecure;
        return await GreetAsync()
            ?? await EhloAsync()
            ?? (Tls is null ? await StartTlsAsync() : null)
            ?? await AuthenticateAsync();
    }

    private async ValueTask<SmtpFailure?> GreetAsync()
    {
        Greeting = await channel.ReadReplyAsync(SmtpStage.Greeting, options.Timeouts.Greeting);
        // RFC 5321 §3.1: 220, or 554 (and 521, RFC 7504) from a host that takes no mail.
        return Expect(SmtpStage.Greeting, Greeting, reply => reply.Code == 220);
    }

    private async ValueTask<SmtpFailure?> EhloAsync()
    {
        var reply = await ExchangeAsync(SmtpStage.Ehlo, "EHLO " + options.LocalName, options.Timeouts.Command);
        if (reply is { IsPositive: true })
        {
            Extensions = SmtpExtensions.Parse(reply);
            return null;
        }
        if (reply is not { IsPermanent: true })
            return Expect(SmtpStage.Ehlo, reply, _ => false);
        // RFC 5321 §3.2: a server that does not know EHLO gets HELO.
        reply = await ExchangeAsync(SmtpStage.Ehlo, "HELO " + options.LocalName, options.Timeouts.Command);
        Extensions = SmtpExtensions.None;
        return Expect(SmtpStage.Ehlo, reply, helo => helo.IsPositive);
    }

    private async ValueTask<SmtpFailure?> StartTlsAsync()
    {
        if (options.Tls == SmtpTlsMode.Disabled)
            return null;
        var required = options.Tls is SmtpTlsMode.Required or SmtpTlsMode.Verified;
        if (!Extensions.StartTls)
            return required ? new SmtpFailure(SmtpStage.StartTls, SmtpCause.TlsUnavailable, Detail: "not offered") : null;
        var reply = await ExchangeAsync(SmtpStage.StartTls, "STARTTLS", options.Timeouts.Tls);
        if (reply is null || reply.ClosesConnection)
            return Expect(SmtpStage.StartTls, reply, _ => false);
        if (reply.Code != 220)
            return required ? new SmtpFailure(SmtpStage.StartTls, SmtpCause.TlsUnavailable, reply) : null;
        // Octets behind the 220 were sent in the clear by who knows whom, and would be read as part of the TLS session.
        if (channel.HasBufferedInput)
            return new SmtpFailure(SmtpStage.StartTls, SmtpCause.ResponseInjection, Detail: "data behind the reply to STARTTLS");
        // RFC 3207 §4.2: what the server said before the handshake is forgotten.
        Extensions = SmtpExtensions.None;
        return await UpgradeAsync(SmtpStage.StartTls) ?? await EhloAsync();
    }

    private async ValueTask<SmtpFailure?> UpgradeAsync(SmtpStage stage)
    {
        Tls = await channel.UpgradeAsync(new SmtpTlsUpgrade(options), stage, options.Timeouts.Tls);
        return channel.Failure;
    }

    private async ValueTask<SmtpFailure?> AuthenticateAsync() => options.Credentials is { } credentials
        ? await new SmtpAuthentication(channel, options, Extensions).RunAsync(credentials, Tls is not null)
        : null;

    private async ValueTask<SmtpReply?> ExchangeAsync(SmtpStage stage, string line, TimeSpan timeout)
    {
        channel.Output.WriteLine(line);
        channel.EndCommand(stage);
        return await channel.FlushAsync(stage, timeout) ? await channel.ReadReplyAsync(stage, timeout) : null;
    }

    private SmtpFailure? Expect(SmtpStage stage, SmtpReply? reply, Func<SmtpReply, bool> expected)
    {
        if (reply is null)
            return channel.Failure;
        if (expected(reply))
            return null;
        return reply.Code >= 400
            ? new SmtpFailure(stage, SmtpCause.Refused, reply)
            : new SmtpFailure(stage, SmtpCause.ProtocolError, reply, "unexpected reply");
    }
}
