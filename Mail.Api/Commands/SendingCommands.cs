using System.CommandLine;
using Mail.Core.Limits;
using Mail.Core.Organizations;

namespace Mail.Api.Commands;

/// <summary>What an operator decides on the sending of one organization: billing, limits, reviews.</summary>
internal static class SendingCommands
{
    private const int MaxText = 1000;

    public static Command Billing()
    {
        var organization = OrganizationCommand.Named();
        var enabled = new Option<bool?>("--enabled") { Description = "true: recipients are billed, and refused when the free tier or the spend cap is used up." };
        var paymentMethod = new Option<bool?>("--payment-method") { Description = "Whether the organization has a payment method." };
        var command = new Command("billing", "Switches billing of one organization; what is not named stays.") { organization, enabled, paymentMethod };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (await OrganizationCommand.FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is not { } id)
                return ApiCommands.Refused;
            await services.GetRequiredService<OrganizationStore>()
                .SetBillingAsync(id, parsed.GetValue(enabled), parsed.GetValue(paymentMethod), cancellationToken);
            Console.WriteLine($"{id} is set.");
            return ApiCommands.Done;
        }));
        return command;
    }

    public static Command Quota()
    {
        var organization = OrganizationCommand.Named();
        var tier = new Option<string?>("--tier") { Description = "A name for them, 1 to 50 characters; as before when absent." };
        var perSecond = new Option<long?>("--per-second") { Description = "Recipients per second and process; as configured when absent." };
        var hourly = new Option<long?>("--hourly") { Description = "Recipients per hour; as configured when absent." };
        var daily = new Option<long?>("--daily") { Description = "Recipients per day; as configured when absent." };
        var warmUp = new Option<bool>("--warm-up") { Description = "Begins a warm-up, or lets it go on; without it there is none." };
        var command = new Command("quota", "Sets the sending limits of one organization; without options they are as configured again.")
        {
            organization, tier, perSecond, hourly, daily, warmUp,
        };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(services => SetAsync(
            services, parsed.GetRequiredValue(organization),
            new SendingLimits(parsed.GetValue(tier), parsed.GetValue(perSecond), parsed.GetValue(hourly), parsed.GetValue(daily), parsed.GetValue(warmUp)),
            cancellationToken)));
        return command;
    }

    private static async Task<int> SetAsync(IServiceProvider services, string organization, SendingLimits limits, CancellationToken cancellationToken)
    {
        if (limits is { PerSecond: < 1 } or { Hourly: < 0 } or { Daily: < 0 })
            return ApiCommands.Complain(ApiCommands.Refused, "A limit is not negative, and that of a second at least 1.");
        if (limits.Tier is { Length: 0 or > 50 })
            return ApiCommands.Complain(ApiCommands.Refused, "A tier has 1 to 50 characters.");
        if (await OrganizationCommand.FindAsync(services, organization, cancellationToken) is not { } id)
            return ApiCommands.Refused;
        await services.GetRequiredService<LimitStore>().SetAsync(id, limits, cancellationToken);
        Console.WriteLine($"{id} is set.");
        return ApiCommands.Done;
    }

    public static Command Review()
    {
        var organization = OrganizationCommand.Named();
        var verdict = new Argument<string>("verdict") { Description = "approve or reject." };
        verdict.AcceptOnlyFromAmong("approve", "reject");
        var reason = new Option<string?>("--reason") { Description = "Shown to the organization." };
        var command = new Command("review", "Ends the review of one organization; an approved one begins anew with its reputation.") { organization, verdict, reason };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (parsed.GetValue(reason) is { } text && (text.Length > MaxText || text.Any(char.IsControl)))
                return ApiCommands.Complain(ApiCommands.Refused, $"A reason has at most {MaxText} characters and no control characters.");
            if (await OrganizationCommand.FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is not { } id)
                return ApiCommands.Refused;
            var approved = parsed.GetRequiredValue(verdict) == "approve";
            if (!await services.GetRequiredService<LimitStore>().DecideReviewAsync(id, approved, parsed.GetValue(reason), cancellationToken))
                return ApiCommands.Complain(ApiCommands.Refused, $"{id} has no review.");
            Console.WriteLine($"{id} is {(approved ? "approved" : "rejected")}.");
            return ApiCommands.Done;
        }));
        return command;
    }
}
