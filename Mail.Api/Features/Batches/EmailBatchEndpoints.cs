using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.ApiKeys;
using Mail.Core.Batches;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Batches;

/// <summary>Batches on the Account surface: the answer tells of every item.</summary>
internal static class EmailBatchEndpoints
{
    public static void MapEmailBatches(this RouteGroupBuilder account)
    {
        account.MapPost("/emails/batch", Send).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("emails.sendBatch", "Accepts up to 100 messages, each standing alone.", BatchEndpoints.Refusals);
        account.MapPost("/emails/bulk", Bulk).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("emails.bulk", "Accepts one message for up to 500 recipients, each with variables of its own.", BatchEndpoints.Refusals);
    }

    private static async Task<Results<Accepted<EmailBatchResponse>, Problem>> Bulk(
        Body<BulkEmailRequest> body, RecipientReader<BulkEmailRequest> reader, Batching batching, BatchStore store, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (key, problem) = BatchEndpoints.KeyOf(context, body, body.Value.IdempotencyKey, "emails.bulk");
        if (problem is not null)
            return problem;
        return await AnswerAsync(
            await batching.SendAsync(context.Caller(), BatchKind.Template, reader.Read(body), key, cancellationToken), store, context, cancellationToken);
    }

    private static async Task<Results<Accepted<EmailBatchResponse>, Problem>> Send(
        Body<EmailBatchRequest> body, MessagePartReader<SendEmailRequest> reader, Batching batching, BatchStore store, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (key, problem) = BatchEndpoints.KeyOf(context, body, body.Value.IdempotencyKey, "emails.batch");
        if (problem is not null)
            return problem;
        var items = body.Value.Emails!.ConvertAll(item => reader.Read(item, Batching.ItemOperation));
        return await AnswerAsync(
            await batching.SendAsync(context.Caller(), BatchKind.Messages, items, key, cancellationToken), store, context, cancellationToken);
    }

    internal static async Task<Results<Accepted<EmailBatchResponse>, Problem>> AnswerAsync(
        BatchAnswer answer, BatchStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (answer is not BatchAnswer.Done(var batch, var isReplayed))
            return ((BatchAnswer.Refused)answer).Problem;
        if (isReplayed)
            context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
        var items = await store.ItemsAsync(context.Caller().Organization, batch.Id, null, null, batch.MessageCount, cancellationToken);
        return TypedResults.Accepted($"/v1/mail/batch/{batch.Id}", new EmailBatchResponse(batch.Accepted, batch.Rejected, [.. items.Select(ResultOf)]));
    }

    private static EmailBatchResult ResultOf(BatchItem item) => item.Message is { } message
        ? new EmailBatchResult(item.Ordinal, message.ToString(), EmailResponse.StatusOf(item.Status ?? MessageStatus.Queued), null)
        : new EmailBatchResult(item.Ordinal, null, "rejected", item.Error);
}
