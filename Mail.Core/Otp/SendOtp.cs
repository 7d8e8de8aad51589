using System.Text.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Suppressions;
using Mail.Core.Templates;
using Mail.Protocol.Addresses;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Otp;

/// <summary>Sends a one-time code: the challenge and its mail are one commit.</summary>
public sealed class SendOtp(AcceptMessages messages, OtpStore store, OtpCode codes, IOptions<OtpOptions> options, TimeProvider clock)
{
    /// <exception cref="NpgsqlException">The database is away; the challenge may have been made all the same.</exception>
    public async Task<SendOtpOutcome> SendAsync(Caller caller, NewChallenge challenge, CancellationToken cancellationToken)
    {
        var id = PrefixedId.New<OtpChallengeId>(clock);
        var code = OtpCode.Generate(challenge.CodeLength);
        var message = MessageOf(challenge, id, code);
        if (challenge.Template is { } template)
        {
            switch (await messages.PrepareAsync(caller, message with { Subject = "", Html = null, Text = null, Render = UseOf(template, challenge, code) }, cancellationToken))
            {
                case PrepareOutcome.Refused(var reason):
                    return new SendOtpOutcome.Refused(reason);
                case PrepareOutcome.Prepared { Message: var rendered } when !Holds(rendered, code):
                    return new SendOtpOutcome.Refused(new AcceptOutcome.TemplateError(
                        "template", 1, 1, "The bodies must show {{code}}, and the subject must not: subjects are listed."));
                case PrepareOutcome.Prepared prepared:
                    message = prepared.Message with { Render = null };
                    break;
            }
        }
        return await AcceptAsync(caller, id, message, cancellationToken);
    }

    private async Task<SendOtpOutcome> AcceptAsync(Caller caller, OtpChallengeId id, OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await messages.AcceptAsync(caller, message, cancellationToken) switch
            {
                AcceptOutcome.Accepted => await OpenedAsync(caller, id, cancellationToken),
                AcceptOutcome.Replayed(var first, _) => new SendOtpOutcome.Replayed(
                    (await store.OfMessageAsync(caller.Organization, first, cancellationToken))!),
                AcceptOutcome.Refusal refusal => new SendOtpOutcome.Refused(refusal),
                _ => throw new InvalidOperationException("No outcome of accepting."),
            };
        }
        catch (PostgresException error) when (error.SqlState is OtpStatements.TooManyForAddress or OtpStatements.TooManyInOrganization)
        {
            return error.SqlState == OtpStatements.TooManyForAddress
                ? new SendOtpOutcome.TooMany("address", options.Value.MaxPerAddress, options.Value.AddressWindow)
                : new SendOtpOutcome.TooMany("organization", options.Value.MaxPerOrganization, options.Value.OrganizationWindow);
        }
    }

    private async Task<SendOtpOutcome> OpenedAsync(Caller caller, OtpChallengeId id, CancellationToken cancellationToken)
    {
        // The older ones are worth nothing since the commit; this tells so.
        await store.CancelReplacedAsync(caller.Organization, id, cancellationToken);
        return new SendOtpOutcome.Opened((await store.FindAsync(caller.Organization, id, cancellationToken))!);
    }

    /// <summary>Every body there is brings the code, and the subject does not tell it.</summary>
    private static bool Holds(OutgoingMessage message, string code) =>
        !message.Subject.Contains(code, StringComparison.Ordinal)
        && (message.Html ?? message.Text ?? "").Contains(code, StringComparison.Ordinal)
        && (message.Text ?? message.Html ?? "").Contains(code, StringComparison.Ordinal);

    private static TemplateUse UseOf(string template, NewChallenge challenge, string code) => new(
        template, null, JsonSerializer.SerializeToElement(
            new OtpVariables(code, challenge.BrandName ?? "", challenge.Purpose, challenge.Lifetime.TotalMinutes), OtpJson.Default.OtpVariables));

    private OutgoingMessage MessageOf(NewChallenge challenge, OtpChallengeId id, string code)
    {
        var (subject, html, text) = OtpMail.Write(challenge.Language, challenge.BrandName, code, challenge.Lifetime);
        return new OutgoingMessage
        {
            From = challenge.From,
            Recipients = [new OutgoingRecipient(RecipientKind.To, challenge.To)],
            Subject = subject,
            Html = html,
            Text = text,
            ExpiresIn = challenge.Lifetime,
            Source = MessageSource.Otp,
            Priority = DeliveryPriority.Urgent,
            Guarantee = DeliveryGuarantee.AtMostOnce,
            Sensitive = true,
            Idempotency = challenge.Idempotency,
            Companions =
            [
                new OtpCompanion(id, AddressKey.Of(challenge.To.Address), challenge.Purpose, codes.Hash(id, code), challenge.Lifetime, options.Value),
            ],
            OnSuppressed = SuppressedRecipients.Refuse,
        };
    }
}

/// <param name="Purpose">What the code is for, such as <c>login</c>: a new one replaces the older ones of the same purpose.</param>
/// <param name="Template">Id or slug of a template that shows the code; null for the mail of <see cref="OtpMail"/>.</param>
/// <param name="Language">One of <see cref="OtpMail.Languages"/>.</param>
public sealed record NewChallenge(
    Mailbox To, Mailbox From, string Purpose, TimeSpan Lifetime, int CodeLength, string? BrandName, string Language, string? Template,
    Idempotency? Idempotency);

public abstract record SendOtpOutcome
{
    private SendOtpOutcome()
    {
    }

    public sealed record Opened(OtpChallenge Challenge) : SendOtpOutcome;

    /// <summary>The same key and body came before; this is that challenge.</summary>
    public sealed record Replayed(OtpChallenge Challenge) : SendOtpOutcome;

    /// <param name="Scope"><c>address</c> or <c>organization</c>.</param>
    public sealed record TooMany(string Scope, int Limit, TimeSpan Window) : SendOtpOutcome;

    public sealed record Refused(AcceptOutcome.Refusal Reason) : SendOtpOutcome;
}
