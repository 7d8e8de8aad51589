using Mail.Protocol.Dkim;

namespace Mail.Core.Domains;

/// <summary>
/// Makes RSA keys one at a time on a thread of its own: finding primes is work for a tenth of a second or more, and
/// must not take processors or pool threads from requests that send.
/// </summary>
public sealed class DkimKeyMaker : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public async Task<DkimKey> MakeAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var made = new TaskCompletionSource<DkimKey>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Make(made)) { IsBackground = true, Name = "DKIM key", Priority = ThreadPriority.BelowNormal }.Start();
            return await made.Task;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static void Make(TaskCompletionSource<DkimKey> made)
    {
        try
        {
            made.SetResult(DkimKey.Generate(DkimKeyType.Rsa));
        }
        catch (Exception error)
        {
            made.SetException(error);
        }
    }
}
