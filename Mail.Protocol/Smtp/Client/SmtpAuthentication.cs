using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>AUTH (RFC 4954) with PLAIN (RFC 4616), LOGIN and XOAUTH2. Nothing of it reaches a transcript.</summary>
internal sealed class SmtpAuthentication(SmtpChannel channel, SmtpClientOptions options, SmtpExtensions extensions)
{
    private const string Hidden = "••••";

    public async ValueTask<SmtpFailure?> RunAsync(SmtpCredentials credentials, bool encrypted)
    {
        if (!encrypted && !options.AllowPlainTextAuth)
            return Unavailable("no TLS");
        return credentials switch
        {
            SmtpCredentials.AccessToken token when Offers("XOAUTH2") => await SendTokenAsync(token),
            SmtpCredentials.Password password when Offers("PLAIN") => await SendPlainAsync(password),
            SmtpCredentials.Password password when Offers("LOGIN") => await SendLoginAsync(password),
            _ => Unavailable("no common mechanism"),
        };
    }

    private bool Offers(string mechanism) => extensions.AuthMechanisms.Contains(mechanism);

    private async ValueTask<SmtpFailure?> SendPlainAsync(SmtpCredentials.Password password)
    {
        // RFC 4616 §2: NUL separates, so it cannot be part of either.
        if (password.User.Contains('\0') || password.Secret.Contains('\0'))
            return Unavailable("NUL in the credentials");
        return Final(await ExchangeAsync($"AUTH PLAIN {Encode($"\0{password.User}\0{password.Secret}")}", $"AUTH PLAIN {Hidden}"));
    }

    private async ValueTask<SmtpFailure?> SendLoginAsync(SmtpCredentials.Password password)
    {
        var reply = await ExchangeAsync("AUTH LOGIN", "AUTH LOGIN");
        if (reply is not { IsIntermediate: true })
            return Final(reply);
        reply = await ExchangeAsync(Encode(password.User), Hidden);
        if (reply is not { IsIntermediate: true })
            return Final(reply);
        return Final(await ExchangeAsync(Encode(password.Secret), Hidden));
    }

    private async ValueTask<SmtpFailure?> SendTokenAsync(SmtpCredentials.AccessToken token)
    {
        var response = Encode($"user={token.User}\u0001auth=Bearer {token.Token}\u0001\u0001");
        var reply = await ExchangeAsync($"AUTH XOAUTH2 {response}", $"AUTH XOAUTH2 {Hidden}");
        // A refused token is answered by a challenge with the reason; an empty response gets the real reply.
        if (reply is { IsIntermediate: true })
            reply = await ExchangeAsync("", "");
        return Final(reply);
    }

    private async ValueTask<SmtpReply?> ExchangeAsync(string line, string shown)
    {
        channel.Output.WriteLine(line);
        channel.EndCommand(SmtpStage.Auth, shown);
        if (!await channel.FlushAsync(SmtpStage.Auth, options.Timeouts.Command))
            return null;
        return await channel.ReadReplyAsync(SmtpStage.Auth, options.Timeouts.Command);
    }

    private SmtpFailure? Final(SmtpReply? reply) => reply switch
    {
        null => channel.Failure,
        { Code: 235 } => null, // RFC 4954 §6
        { Code: >= 400 } => new SmtpFailure(SmtpStage.Auth, SmtpCause.Refused, reply),
        _ => new SmtpFailure(SmtpStage.Auth, SmtpCause.ProtocolError, reply, "unexpected reply to AUTH"),
    };

    private static SmtpFailure Unavailable(string detail) => new(SmtpStage.Auth, SmtpCause.AuthUnavailable, Detail: detail);

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
