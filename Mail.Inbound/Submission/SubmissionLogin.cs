using Mail.Core.ApiKeys;

namespace Mail.Inbound.Submission;

/// <summary>Who has logged in. The key's text stays, so that a key which is revoked meanwhile ends what it began.</summary>
internal sealed class SubmissionLogin(Caller caller, string key)
{
    public Caller Caller => caller;

    public string Key => key;
}
