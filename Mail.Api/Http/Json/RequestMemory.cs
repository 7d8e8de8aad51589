using Mail.Core.Memory;
using Mail.Core.Organizations;
using Microsoft.Extensions.Options;

namespace Mail.Api.Http.Json;

/// <summary>The memory that large bodies share, organization beside organization: many at one time wait for each other.</summary>
internal sealed class RequestMemory(IOptions<RequestMemoryOptions> options, TimeProvider clock)
{
    private readonly MemoryRoom _room = MemoryRoom.OfProcess(options.Value.MaxBytesInMemory);

    /// <summary>Null when others did not leave enough of it in time.</summary>
    /// <param name="organization">Null for the operator's own requests.</param>
    public async ValueTask<IDisposable?> TakeAsync(OrganizationId? organization, long bytes, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(options.Value.MaxWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await _room.TakeAsync(organization?.ToString() ?? "", bytes, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
