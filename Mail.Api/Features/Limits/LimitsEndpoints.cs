using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Limits;

/// <summary>How much the organization may send, and asking for a review of it.</summary>
internal static class LimitsEndpoints
{
    public static void AddSendingLimits(this IServiceCollection services) => services
        .AddBodies(LimitsJson.Default)
        .AddSingleton<IValidator<ReviewRequest>, ReviewValidator>();

    public static void MapLimits(this RouteGroupBuilder mail)
    {
        mail.MapGet("/limits", Read).RequireScope(Scopes.EmailsRead)
            .Describe("mail.limits.get", "Reads sending limits, what is used of them, warm-up and review.");
        mail.MapPost("/limits/review", Review).RequireScope(Scopes.EmailsSend)
            .Describe("mail.limits.requestReview", "Asks the operator to review the organization's sending.", ProblemKind.Conflict);
    }

    private static async Task<Ok<Envelope<LimitsResponse>>> Read(
        SendingStateStore states, IOptions<LimitOptions> options, HttpContext context, CancellationToken cancellationToken) =>
        Envelope.Ok(LimitsResponse.Of(
            await states.ReadAsync(context.Caller().Organization, complete: true, cancellationToken), options.Value));

    private static async Task<Results<Ok<Envelope<LimitsResponse>>, Problem>> Review(
        Body<ReviewRequest> body, LimitStore limits, SendingStateStore states, IOptions<LimitOptions> options, HttpContext context,
        CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (!await limits.RequestReviewAsync(organization, body.Value.Reason, cancellationToken))
            return new Problem(ProblemKind.Conflict, "A review is pending already.");
        return Envelope.Ok(LimitsResponse.Of(await states.ReadAsync(organization, complete: true, cancellationToken), options.Value));
    }
}

/// <summary>The body of <c>POST /v1/mail/limits/review</c>; it can be left out.</summary>
public sealed record ReviewRequest : IMayBeAbsent
{
    /// <summary>What the operator should know.</summary>
    public string? Reason { get; init; }
}

internal sealed class ReviewValidator : AbstractValidator<ReviewRequest>
{
    private const int MaxReason = 1000;

    public ReviewValidator() => RuleFor(request => request.Reason).Custom((reason, context) =>
    {
        if (reason?.Length > MaxReason)
            context.AddFailure(Failures.Of("/reason", FieldCodes.TooLong, $"reason has at most {MaxReason} characters."));
        if (LineText.HasControl(reason))
            context.AddFailure(Failures.Of("/reason", FieldCodes.InvalidCharacters, "reason must not have control characters."));
    });
}

/// <summary>Null limits are none.</summary>
/// <param name="HourlyUsed">Recipients accepted in this hour of the clock (UTC).</param>
/// <param name="DailyUsed">Recipients accepted on this day (UTC).</param>
public sealed record LimitsResponse(
    string Tier, long HourlyUsed, long? HourlyLimit, long DailyUsed, long? DailyLimit, long? PerSecondLimit, WarmUpResponse Warmup,
    ReviewResponse Review)
{
    internal static LimitsResponse Of(SendingState state, LimitOptions options) => new(
        state.Tier, state.HourUsed, EffectiveLimits.Hourly(state, options), state.DayUsed, EffectiveLimits.Daily(state, options),
        EffectiveLimits.PerSecond(state, options),
        WarmUp.Of(state, options) is { } warmUp
            ? new WarmUpResponse(true, warmUp.Stage, warmUp.StageCount, warmUp.DailyCap, warmUp.StartedAt, warmUp.NextStageAt)
            : new WarmUpResponse(false, null, null, null, null, null),
        new ReviewResponse(state.Review.State, state.Review.Reason, state.Review.RequestedAt));
}

/// <param name="DailyCap">The most recipients of this stage's day.</param>
public sealed record WarmUpResponse(
    bool Enabled, int? Stage, int? StageCount, long? DailyCap, DateTimeOffset? StartedAt, DateTimeOffset? NextStageAt);

/// <param name="State"><c>none</c>, <c>pending</c>, <c>approved</c> or <c>rejected</c>.</param>
public sealed record ReviewResponse(string State, string? Reason, DateTimeOffset? RequestedAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(ReviewRequest))]
[JsonSerializable(typeof(Envelope<LimitsResponse>))]
internal sealed partial class LimitsJson : JsonSerializerContext;
