using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Lint;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Lint;

/// <summary>Looks at a message without sending or storing anything.</summary>
internal static class LintEndpoints
{
    public static void MapLint(this RouteGroupBuilder account)
    {
        account.MapPost("/emails/lint", Check).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("emails.lint", "Checks a message: whether it would be accepted, and what makes it arrive badly. Nothing is sent.");
    }

    private static async Task<Ok<LintResponse>> Check(
        Body<SendEmailRequest> body, AcceptMessages messages, HttpContext context, CancellationToken cancellationToken)
    {
        var asked = OutgoingMessages.From(body.Value, null);
        switch (await messages.PrepareAsync(context.Caller(), asked, cancellationToken))
        {
            case PrepareOutcome.Refused(var reason):
                return TypedResults.Ok(new LintResponse(false, [Refusal(SendRefusals.Of(reason)), .. LintRules.Check(asked).Select(Of)]));
            case PrepareOutcome.Prepared prepared:
                var suppressed = prepared.Suppressed.Select(recipient => new LintFindingResponse(
                    "error", "recipient_suppressed", "/to", $"{recipient.Mailbox.Address.Address} is on the suppression list.")).ToList();
                return TypedResults.Ok(new LintResponse(suppressed.Count == 0, [.. suppressed, .. LintRules.Check(prepared.Message).Select(Of)]));
            default:
                throw new InvalidOperationException("No outcome of the checks.");
        }
    }

    private static LintFindingResponse Refusal(Problem problem) =>
        new("error", problem.Kind.Code, problem.Errors.Count > 0 ? problem.Errors[0].Path : "", problem.Detail);

    private static LintFindingResponse Of(LintFinding finding) =>
        new(finding.Severity == LintSeverity.Warning ? "warning" : "info", finding.Code, "/" + finding.Part, finding.Message);
}
