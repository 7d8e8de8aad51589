using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Otp;
using Mail.Core.Suppressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Otp;

/// <summary>One-time codes: send, verify, look at, cancel.</summary>
internal static class OtpEndpoints
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);
    private const int DefaultCodeLength = 6;

    public static void AddOtp(this WebApplicationBuilder builder)
    {
        OtpServices.AddOtp(builder);
        builder.Services.AddBodies(OtpApiJson.Default);
        builder.Services.AddSingleton<IValidator<SendOtpRequest>, SendOtpValidator>();
        builder.Services.AddSingleton<IValidator<VerifyOtpRequest>, VerifyOtpValidator>();
    }

    public static void MapOtp(this RouteGroupBuilder mail)
    {
        var otp = mail.MapGroup("/otp");
        otp.MapPost("/send", Send).RequireScope(Scopes.EmailsSend)
            .Describe("mail.otp.send", "Mails a one-time code.", [.. SendRefusals.Usual, ProblemKind.MissingVariables, ProblemKind.TemplateError]);
        otp.MapPost("/verify", Verify).RequireScope(Scopes.EmailsSend)
            .Describe("mail.otp.verify", "Checks a one-time code.");
        otp.MapGet("/challenges", List).RequireScope(Scopes.EmailsRead)
            .Describe("mail.otp.list", "Lists challenges.");
        otp.MapGet("/challenges/{id}", Get).RequireScope(Scopes.EmailsRead)
            .Describe("mail.otp.get", "Reads a challenge; never its code.");
        otp.MapPost("/challenges/{id}/cancel", Cancel).RequireScope(Scopes.EmailsSend)
            .Describe("mail.otp.cancel", "Makes a code worthless.", ProblemKind.Conflict);
    }

    private static async Task<Results<Accepted<Envelope<SendOtpResponse>>, Problem>> Send(
        Body<SendOtpRequest> body, SendOtp otp, HttpContext context, CancellationToken cancellationToken)
    {
        var (key, problem) = IdempotencyKeys.Read(context, body.Value.IdempotencyKey);
        if (problem is not null)
            return problem;
        var idempotency = key is null ? null : new Idempotency("otp.send", key, body.CanonicalHash(IdempotencyKeys.BodyField));
        switch (await otp.SendAsync(context.Caller(), ChallengeOf(body.Value, idempotency), cancellationToken))
        {
            case SendOtpOutcome.Opened(var challenge):
                return Answer(challenge);
            case SendOtpOutcome.Replayed(var challenge):
                context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
                return Answer(challenge);
            case SendOtpOutcome.TooMany many:
                return new Problem(ProblemKind.RateLimited,
                    $"At most {many.Limit} codes per {many.Scope} are sent within {many.Window.TotalMinutes:0.##} minutes.") { RetryAfter = many.Window };
            case SendOtpOutcome.Refused(var reason):
                return SendRefusals.Of(reason);
            default:
                throw new InvalidOperationException("No outcome of sending a code.");
        }
    }

    private static async Task<Results<Ok<Envelope<VerifyOtpResponse>>, Problem>> Verify(
        Body<VerifyOtpRequest> body, OtpStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<OtpChallengeId>(body.Value.ChallengeId, out var id)
            || await store.VerifyAsync(context.Caller().Organization, id, body.Value.Code!, cancellationToken) is not { } verdict)
            return Problem.NotFound("challenge");
        return Envelope.Ok(new VerifyOtpResponse(verdict.Verified, verdict.Status.ToText(), verdict.AttemptsRemaining));
    }

    private static async Task<Results<Ok<ListEnvelope<OtpChallengeResponse>>, Problem>> List(
        string? to, string? purpose, string? status, string? cursor, string? limit, OtpStore store, HttpContext context,
        CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<OtpChallengeId>(cursor, limit);
        var address = fields.Email("to", to) is { } email ? AddressKey.Of(email) : null;
        var standing = fields.OneOf("status", status, OtpStatusText.All) is { } text ? OtpStatusText.Parse(text) : (OtpStatus?)null;
        var filter = new OtpFilter(address, fields.Text("purpose", purpose), standing, page.After, page.Fetch);
        if (fields.Problem is { } problem)
            return problem;
        var found = await store.ListAsync(context.Caller().Organization, filter, cancellationToken);
        return Pages.Mail(found, page, OtpChallengeResponse.Of, challenge => challenge.Id);
    }

    private static async Task<Results<Ok<Envelope<OtpChallengeResponse>>, Problem>> Get(
        string id, OtpStore store, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<OtpChallengeId>(id, out var challenge)
        && await store.FindAsync(context.Caller().Organization, challenge, cancellationToken) is { } found
            ? Envelope.Ok(OtpChallengeResponse.Of(found))
            : Problem.NotFound("challenge");

    private static async Task<Results<Ok<Envelope<OtpChallengeResponse>>, Problem>> Cancel(
        string id, OtpStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<OtpChallengeId>(id, out var challenge)
            || await store.CancelAsync(context.Caller().Organization, challenge, cancellationToken) is not { } found)
            return Problem.NotFound("challenge");
        return found.Status == OtpStatus.Canceled
            ? Envelope.Ok(OtpChallengeResponse.Of(found))
            : new Problem(ProblemKind.Conflict, $"The challenge is {found.Status.ToText()}: it can no longer be canceled.");
    }

    private static Accepted<Envelope<SendOtpResponse>> Answer(OtpChallenge challenge) => Envelope.Accepted(
        $"/v1/mail/otp/challenges/{challenge.Id}", "Code queued",
        new SendOtpResponse(challenge.Id.ToString(), challenge.Status.ToText(), challenge.ExpiresAt));

    private static NewChallenge ChallengeOf(SendOtpRequest request, Idempotency? idempotency) => new(
        request.To!.Read(separated: false).Mailboxes[0], request.From!.Read(separated: false).Mailboxes[0], request.Purpose!,
        request.ExpiresIn?.Value ?? DefaultLifetime, request.CodeLength ?? DefaultCodeLength,
        string.IsNullOrWhiteSpace(request.BrandName) ? null : request.BrandName, request.Language ?? OtpMail.DefaultLanguage, request.Template, idempotency);
}
