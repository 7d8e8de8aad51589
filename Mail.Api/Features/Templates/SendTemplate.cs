using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Messages;
using Mail.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Templates;

/// <summary>Accepts one message that is rendered from a template.</summary>
internal static class SendTemplate
{
    public static async Task<Results<Accepted<Envelope<SendMessageResponse>>, Problem>> Send(
        Body<SendTemplateRequest> body, Sending sending, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await sending.SendAsync("mail.send-template", body, context, cancellationToken);
        return answer.Response is { } response
            ? Envelope.Accepted($"/v1/mail/messages/{response.Id}", "Message queued", response)
            : answer.Problem!;
    }

    public static async Task<Results<Accepted<Envelope<TestSendResponse>>, Problem>> Test(
        string idOrSlug, Body<TestTemplateRequest> body, TemplateStore store, Sending sending, HttpContext context, CancellationToken cancellationToken)
    {
        var organization = context.Caller().Organization;
        if (await ReadTemplates.FindAsync(organization, idOrSlug, store, cancellationToken) is not { } template)
            return Problem.NotFound(ReadTemplates.What);
        var number = template.LastVersion;
        if (body.Value.VersionId is { } versionId)
        {
            if (await ReadTemplates.FindVersionAsync(organization, template, versionId, store, cancellationToken) is not { } version)
                return Problem.NotFound("version");
            number = version.Number;
        }
        var answer = await sending.SendAsync($"mail.test-send.{template.Id}", body, context, cancellationToken, message => message with
        {
            Source = MessageSource.TemplateTest,
            Render = message.Render! with { Template = template.Id.ToString(), IsTest = true },
            Companions = [new TemplateTest(template, number)],
        });
        return answer.Response is { } response
            ? Envelope.Accepted($"/v1/mail/messages/{response.Id}", "Test message queued", new TestSendResponse(response.Id, response.Status))
            : answer.Problem!;
    }
}
