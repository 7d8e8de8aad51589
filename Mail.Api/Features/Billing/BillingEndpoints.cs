using System.Text.Json.Serialization;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Billing;
using Mail.Core.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Billing;

/// <summary>What is used and what it may cost. An installation of one's own takes no payments, which the routes of that say.</summary>
internal static class BillingEndpoints
{
    public static void AddBilling(this IServiceCollection services) => services
        .AddBodies(BillingJson.Default)
        .AddSingleton<IValidator<SpendCapRequest>, SpendCapValidator>();

    public static void MapBilling(this RouteGroupBuilder account)
    {
        var billing = account.MapGroup("/billing");
        billing.MapGet("/usage", Read).RequireScope(Scopes.BillingRead)
            .Describe("billing.usage", "Reads what was used this month and what it comes to.");
        billing.MapPut("/spend-cap", SetCap).RequireScope(Scopes.BillingWrite)
            .Describe("billing.setSpendCap", "Sets the most that a month may cost; null clears it.");
        billing.MapPost("/setup-intent", NoProvider).RequireScope(Scopes.BillingWrite)
            .Describe("billing.setupIntent", "Begins to add a payment method, where a payment provider is configured.", ProblemKind.NotConfigured)
            .Answers(StatusCodes.Status200OK, typeof(SetupIntentResponse));
        billing.MapPost("/payment-method/sync", NoProvider).RequireScope(Scopes.BillingWrite)
            .Describe("billing.syncPaymentMethod", "Asks the payment provider for the payment method, where one is configured.", ProblemKind.NotConfigured)
            .Answers(StatusCodes.Status200OK, typeof(UsageResponse));
        billing.MapGet("/portal", Portal).RequireScope(Scopes.BillingRead)
            .Describe("billing.portal", "Leads to the payment provider's pages, where one is configured.", ProblemKind.NotConfigured)
            .Answers(StatusCodes.Status200OK, typeof(PortalResponse));
    }

    private static async Task<Ok<UsageResponse>> Read(
        BillingStore billing, IOptions<BillingOptions> options, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(UsageResponse.Of(await billing.UsageAsync(context.Caller().Organization, cancellationToken), options.Value));

    private static async Task<Results<Ok<SpendCapResponse>, Problem>> SetCap(
        Body<SpendCapRequest> body, BillingStore billing, SendingGate gate, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        await billing.SetSpendCapAsync(organization, body.Value.MonthlySpendCapCents, cancellationToken);
        gate.Forget(organization);
        return TypedResults.Ok(new SpendCapResponse(body.Value.MonthlySpendCapCents));
    }

    private static Problem NoProvider() => new(ProblemKind.NotConfigured,
        "This installation has no payment provider. Its operator switches billing and payment methods with 'Mail.Api org billing'.");

    private static Problem Portal(string? returnUrl) =>
        returnUrl is { Length: > 0 } ? NoProvider() : Problem.Validation("?returnUrl", FieldCodes.Required, "returnUrl is required.");
}

/// <summary>The body of <c>PUT /v1/billing/spend-cap</c>.</summary>
[RequiredFields("monthlySpendCapCents")]
public sealed record SpendCapRequest
{
    // Set, not init: that null was sent is told from that nothing was.
    private long? _cents;

    /// <summary>Null clears the cap.</summary>
    public long? MonthlySpendCapCents
    {
        get => _cents;
        set
        {
            _cents = value;
            WasSent = true;
        }
    }

    [JsonIgnore]
    internal bool WasSent { get; private set; }
}

internal sealed class SpendCapValidator : AbstractValidator<SpendCapRequest>
{
    private const long Most = 100_000_000_00;

    public SpendCapValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        if (!request.WasSent)
            context.AddFailure(Failures.Of("/monthlySpendCapCents", FieldCodes.Required, "monthlySpendCapCents is required: a number of cents, or null."));
        else if (request.MonthlySpendCapCents is < 0 or > Most)
            context.AddFailure(Failures.Of("/monthlySpendCapCents", FieldCodes.OutOfRange, $"monthlySpendCapCents must be 0 to {Most}."));
    });
}

/// <summary>The month so far.</summary>
/// <param name="PeriodKey">The UTC month, such as <c>2026-06</c>.</param>
/// <param name="EmailsSent">Recipients accepted in it.</param>
/// <param name="BillingEnabled">False: nothing is billed, and nothing refused for it.</param>
public sealed record UsageResponse(
    string PeriodKey, long EmailsSent, long FreeMonthlyAllowance, long FreeRemaining, long BillableEmails, int PricePer1kCents,
    bool HasPaymentMethod, long? MonthlySpendCapCents, bool BillingEnabled)
{
    internal static UsageResponse Of(Usage usage, BillingOptions options) => new(
        usage.Period, usage.Accepted, options.FreePerMonth, Math.Max(0, options.FreePerMonth - usage.Accepted),
        Math.Max(0, usage.Accepted - options.FreePerMonth), options.PricePer1kCents, usage.HasPaymentMethod, usage.SpendCapCents, usage.IsBilled);
}

public sealed record SpendCapResponse(long? MonthlySpendCapCents);

public sealed record SetupIntentResponse(string ClientSecret, string CustomerId);

public sealed record PortalResponse(string Url);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(SpendCapRequest))]
[JsonSerializable(typeof(UsageResponse))]
[JsonSerializable(typeof(SpendCapResponse))]
[JsonSerializable(typeof(SetupIntentResponse))]
[JsonSerializable(typeof(PortalResponse))]
internal sealed partial class BillingJson : JsonSerializerContext;
