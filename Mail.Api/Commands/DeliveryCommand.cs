using System.CommandLine;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.Addresses;

namespace Mail.Api.Commands;

/// <summary>The verbs of <c>/internal/delivery</c> for people at a shell.</summary>
internal static class DeliveryCommand
{
    private const int MaxGroups = 1000;
    private const int MaxItems = 1_000_000;

    public static Command Create() => new("delivery", "Looks at the queue and changes its course.")
    {
        Status(), Holds(), Suspend(), Resume(), Bounce(), Requeue(), Explain(), Trace(), RouteCommand.Create(), SourceCommand.Create(),
    };

    private static Command Status()
    {
        var command = new Command("status", "What waits, by destination, with the reason why it waits.");
        command.SetAction((_, token) => RunAsync(async services =>
        {
            var operations = services.GetRequiredService<QueueOperationsStore>();
            var states = (await operations.StatesAsync(null, token)).ToLookup(state => state.State.Destination, state => state.State);
            var holds = await services.GetRequiredService<HoldStore>().ListAsync(token);
            foreach (var queue in await operations.ByDestinationAsync(MaxGroups, token))
            {
                var hold = holds.Find(hold => hold.Scope == HoldScope.Destination && hold.Name == queue.Destination);
                var state = states[queue.Destination].FirstOrDefault(state => state.Reason is not null);
                var until = hold is null ? state?.Until : hold.Until;
                Console.WriteLine($"{queue.Items,9} {queue.Destination}  ready {queue.Ready}, waiting {queue.Waiting}, sending {queue.Sending}, "
                    + $"oldest {queue.Oldest:d\\.hh\\:mm\\:ss}  {hold?.Reason ?? state?.Reason}{(until is { } at ? $" (until {at:u})" : "")}");
            }
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Holds()
    {
        var command = new Command("holds", "What is suspended, by whom and why.");
        command.SetAction((_, token) => RunAsync(async services =>
        {
            foreach (var hold in await services.GetRequiredService<HoldStore>().ListAsync(token))
                Console.WriteLine($"{hold.Scope.ToText()} {hold.Name}  {(hold.IsAutomatic ? "automatic" : "operator")}  "
                    + $"{(hold.Factor is { } factor ? $"speed {factor:0.##}" : "suspended")} {(hold.Until is { } until ? $"until {until:u}" : "until resumed")}  {hold.Reason}");
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Suspend()
    {
        var (scope, name) = ScopeAndName();
        var reason = new Option<string>("--reason") { Description = "Why; whoever asks why mail waits reads it.", Required = true };
        var lasts = new Option<TimeSpan?>("--for") { Description = "For how long, as [d.]hh:mm:ss; until it is resumed when absent." };
        var speed = new Option<double?>("--speed") { Description = "The part of the usual speed that is left, between 0 and 1; nothing is sent when absent." };
        var command = new Command("suspend", "Lets nothing more start for an organization, destination, recipient domain or source, or slows it down.")
        {
            scope, name, reason, lasts, speed,
        };
        command.SetAction((parsed, token) => RunAsync(async services =>
        {
            if (HoldScopeText.TryParse(parsed.GetRequiredValue(scope)) is not { } on)
                return ApiCommands.Complain(ApiCommands.Refused, "The scope is organization, destination, domain or source.");
            if (parsed.GetValue(speed) is not null and not (> 0 and < 1) || (parsed.GetValue(speed) is not null && on == HoldScope.Source))
                return ApiCommands.Complain(ApiCommands.Refused, "The speed is between 0 and 1, and not for sources.");
            await services.GetRequiredService<HoldStore>().PlaceAsync(
                [new(on, parsed.GetRequiredValue(name), false, parsed.GetRequiredValue(reason), parsed.GetValue(lasts), parsed.GetValue(speed))], token);
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Resume()
    {
        var (scope, name) = ScopeAndName();
        var command = new Command("resume", "Ends a suspension, an automatic one too.") { scope, name };
        command.SetAction((parsed, token) => RunAsync(async services =>
            HoldScopeText.TryParse(parsed.GetRequiredValue(scope)) is { } on
            && await services.GetRequiredService<HoldStore>().LiftAsync(on, parsed.GetRequiredValue(name), token)
                ? ApiCommands.Done
                : ApiCommands.Complain(ApiCommands.Refused, "There is no such hold.")));
        return command;
    }

    private static Command Bounce()
    {
        var filter = new Filter();
        var reason = new Option<string>("--reason") { Description = "Why; senders read it.", Required = true };
        var command = new Command("bounce", "Ends waiting items: their recipients fail with the reason.") { reason };
        filter.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(services => filter.WithAsync(parsed, async items =>
            await services.GetRequiredService<EndQueued>().RunAsync(items, parsed.GetRequiredValue(reason), MaxItems, token))));
        return command;
    }

    private static Command Requeue()
    {
        var filter = new Filter();
        var command = new Command("requeue", "Makes waiting items ready at once.");
        filter.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(services => filter.WithAsync(parsed, items =>
            services.GetRequiredService<QueueOperationsStore>().RequeueAsync(items, MaxItems, token))));
        return command;
    }

    private static Command Explain()
    {
        var recipient = new Argument<string>("recipient") { Description = "An address." };
        var command = new Command("explain", "Which way mail for a recipient takes, and what it waits for.") { recipient };
        command.SetAction((parsed, token) => RunAsync(async services =>
        {
            if (!EmailAddress.TryParse(parsed.GetRequiredValue(recipient), out var address))
                return ApiCommands.Complain(ApiCommands.Refused, "That is no address.");
            var explained = await services.GetRequiredService<ExplainRecipient>()
                .RunAsync(null, address.AsciiDomain, SendingMode.Live, TlsRequirement.Opportunistic, token);
            Console.WriteLine($"route        {explained.Route} {explained.Relay ?? explained.Problem}");
            foreach (var host in explained.Hosts)
                Console.WriteLine($"host         {host.Host.Preference} {host.Host.Name} {string.Join(' ', host.Host.Addresses)} {host.Tls} {host.Refusal}");
            Console.WriteLine($"tls          {explained.Tls}");
            Console.WriteLine($"pool         {explained.Pool}");
            Console.WriteLine($"destination  {explained.Destination?.Destination ?? "not seen yet"} ({explained.Destination?.Provider ?? "-"})");
            foreach (var hold in explained.Holds)
                Console.WriteLine($"hold         {hold.Scope.ToText()} {hold.Name}: {hold.Reason}");
            foreach (var state in explained.States)
                Console.WriteLine($"worker       speed {state.Speed:0.##}, in progress {state.InProgress}, waiting {state.Waiting} {state.Reason}");
            Console.WriteLine($"next attempt {explained.EstimatedFirstAttempt?.ToString("u") ?? "none"}");
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Trace()
    {
        var id = new Argument<string>("message") { Description = "The id of a message." };
        var command = new Command("trace", "What still waits of a message, and every attempt.") { id };
        command.SetAction((parsed, token) => RunAsync(async services =>
        {
            var operations = services.GetRequiredService<QueueOperationsStore>();
            if (!PrefixedId.TryParse<MessageId>(parsed.GetRequiredValue(id), out var message)
                || await operations.OwnerOfAsync(message, token) is not { } owner)
                return ApiCommands.Complain(ApiCommands.Refused, "There is no such message.");
            Console.WriteLine($"organization {owner}");
            foreach (var item in await operations.OfMessageAsync(message, token))
                Console.WriteLine($"queue        {item.Domain} {item.State}, attempts {item.Attempts}, due {item.DueAt:u}, gives up {item.GiveUpAt:u} {item.LeasedBy} {item.Reason}"
                    + (item.Until is { } until ? $" (until {until:u})" : ""));
            foreach (var attempt in await services.GetRequiredService<MessageStore>().AttemptsAsync(owner, message, token) ?? [])
                Console.WriteLine($"attempt      {attempt.StartedAt:u} {attempt.Recipient} {attempt.Outcome} at {attempt.Stage}: {attempt.SmtpCode} {attempt.Reply} {attempt.MxHost}");
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Task<int> RunAsync(Func<IServiceProvider, Task<int>> run) =>
        ApiCommands.WithServicesAsync(run, builder => builder.AddDeliveryOperations());

    private static (Argument<string> Scope, Argument<string> Name) ScopeAndName() => (
        new Argument<string>("scope") { Description = "organization, destination, domain or source." },
        new Argument<string>("name") { Description = "The organization's id, or the name of the others." });

    /// <summary>Which items a command means.</summary>
    private sealed class Filter
    {
        private readonly Option<string?> _organization = new("--organization") { Description = "The id of an organization." };
        private readonly Option<string?> _domain = new("--domain") { Description = "The recipients' domain." };
        private readonly Option<string?> _destination = new("--destination") { Description = "A destination, as 'delivery status' names it." };
        private readonly Option<string?> _message = new("--message") { Description = "The id of a message." };

        public void AddTo(Command command)
        {
            foreach (var option in new[] { _organization, _domain, _destination, _message })
                command.Add(option);
        }

        public async Task<int> WithAsync(ParseResult parsed, Func<QueueFilter, Task<int>> run)
        {
            var organization = PrefixedId.TryParse<OrganizationId>(parsed.GetValue(_organization), out var id) ? id : (OrganizationId?)null;
            var message = PrefixedId.TryParse<MessageId>(parsed.GetValue(_message), out var mail) ? mail : (MessageId?)null;
            if (parsed.GetValue(_organization) is not null != organization is not null || parsed.GetValue(_message) is not null != message is not null)
                return ApiCommands.Complain(ApiCommands.Refused, "That is no id.");
            var filter = new QueueFilter(organization, parsed.GetValue(_domain), parsed.GetValue(_destination), message);
            if (filter.IsEmpty)
                return ApiCommands.Complain(ApiCommands.Refused, "Say which items: --organization, --domain, --destination or --message.");
            Console.WriteLine($"{await run(filter)} items");
            return ApiCommands.Done;
        }
    }
}
