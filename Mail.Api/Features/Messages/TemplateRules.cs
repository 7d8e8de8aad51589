using FluentValidation.Results;
using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Templates;

namespace Mail.Api.Features.Messages;

/// <summary>How template, variables and the content of a request go together.</summary>
internal static class TemplateRules
{
    public static void Check(MessageRequest request, Action<ValidationFailure> fail)
    {
        if (request is { Variables: not null, Data: not null })
            fail(Failures.Of("/data", FieldCodes.InvalidValue, "data and variables mean the same: send one of them."));
        if (request.TemplateVersion is { } version && !PrefixedId.TryParse<TemplateVersionId>(version, out _))
            fail(Failures.Of("/versionId", FieldCodes.InvalidValue, "versionId must be the id of a version, which begins with tpv_."));
        if (request.TemplateName is null)
            return;
        Refuse(request.Html, "/html");
        Refuse(request.Text, "/text");

        void Refuse(string? body, string path)
        {
            if (!string.IsNullOrEmpty(body))
                fail(Failures.Of(path, FieldCodes.InvalidValue, $"{path[1..]} comes from the template."));
        }
    }
}
