using Mail.Core.Queue;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>What the attributes cannot say: which settings need each other.</summary>
internal sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        List<string> problems = [.. Problems(options)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(DeliveryOptions options)
    {
        if (options.Mode == DeliveryMode.Smarthost && options.Smarthost is null)
            yield return "Mail:Delivery:Smarthost is needed in mode smarthost.";
        if (options.Mode == DeliveryMode.Capture && options.CaptureAddress is null)
            yield return "Mail:Delivery:CaptureAddress (or services:inbound:smtp:0) is needed in mode capture.";
        if (options.Smarthost is { } smarthost && HostAndPort.TryParse(smarthost) is null)
            yield return $"Mail:Delivery:Smarthost '{smarthost}' is not host:port.";
        if (options.CaptureAddress is { } capture && HostAndPort.TryParse(capture) is null)
            yield return $"Mail:Delivery:CaptureAddress '{capture}' is not host:port.";
        if (options.SmarthostUser is null != options.SmarthostPassword is null)
            yield return "Mail:Delivery:SmarthostUser and SmarthostPassword go together.";
        if (options.SmarthostUser is not null && options.SmarthostTls == RelayTls.Disabled)
            yield return "Mail:Delivery:SmarthostPassword needs TLS: SmarthostTls must not be disabled.";
    }
}
