using Microsoft.Extensions.Options;

namespace Mail.Core.Secrets;

internal sealed class SecretOptionsValidator : IValidateOptions<SecretOptions>
{
    public ValidateOptionsResult Validate(string? name, SecretOptions options)
    {
        var problems = new List<string>();
        if (!SecretBox.TryReadMasterKey(options.MasterKey, out _))
            problems.Add("Mail:Secrets:MasterKey must be base64 of 32 bytes.");
        for (var i = 0; i < options.OtherKeys.Count; i++)
        {
            if (!SecretBox.TryReadMasterKey(options.OtherKeys[i], out _))
                problems.Add($"Mail:Secrets:OtherKeys:{i} must be base64 of 32 bytes.");
        }
        if (options.OtherKeys.Append(options.MasterKey).Distinct(StringComparer.Ordinal).Count() <= options.OtherKeys.Count)
            problems.Add("Mail:Secrets names the same key twice.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
