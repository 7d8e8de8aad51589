using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains.Records;

/// <summary>Looks one expected record up and says what is there, and what the likely mistake is.</summary>
public sealed class DnsRecordCheck(FreshDns dns, IOptions<DomainOptions> options, TimeProvider clock)
{
    private readonly IDnsResolver _resolver = dns.Resolver;

    /// <param name="domain">The domain the record belongs to, for records that ended up at the wrong name.</param>
    public async Task<RecordFinding> CheckAsync(ExpectedRecord record, string domain, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.CheckTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await LookUpAsync(record, domain, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unanswered(record);
        }
    }

    private Task<RecordFinding> LookUpAsync(ExpectedRecord record, string domain, CancellationToken cancellationToken) => record.Type switch
    {
        DnsRecordType.Txt => CheckAsync(record, domain, _resolver.ResolveTxtAsync, TextJudge.Of(record), text => text, cancellationToken),
        DnsRecordType.Mx => CheckAsync(record, domain, _resolver.ResolveMxAsync, found => MxJudge.Judge(record, found, domain),
            mx => $"{mx.Preference} {(mx.Exchange.Length == 0 ? "." : mx.Exchange)}", cancellationToken),
        DnsRecordType.Cname => CheckAsync(record, domain, _resolver.ResolveCnameAsync, found => AliasJudge.Judge(record, found, domain),
            target => target, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    private async Task<RecordFinding> CheckAsync<T>(
        ExpectedRecord record, string domain, Func<string, CancellationToken, Task<DnsResult<T>>> lookUp,
        Func<IReadOnlyList<T>, RecordVerdict> judge, Func<T, string> show, CancellationToken cancellationToken)
    {
        var result = await lookUp(record.Name, cancellationToken);
        if (result.IsTemporary)
            return Unanswered(record);
        var verdict = result.IsFound ? judge(result.Records) : Nothing(record);
        var found = RecordText.Shown(result.Records.Select(show));
        if (verdict.Status == RecordStatus.Verified)
            return new RecordFinding(verdict.Status, found, null);
        if (IsAlias(result, record) is { } target)
            return new RecordFinding(RecordStatus.Failed, found,
                $"{record.Name} is an alias (CNAME) of {target}, so that the records there count instead of its own. Remove the CNAME.");
        if (verdict.Status == RecordStatus.Missing && record.Purpose == RecordPurpose.Dmarc)
            return await InheritedAsync(record, found, verdict, cancellationToken);
        return verdict.Status == RecordStatus.Missing
            ? await MisplacedAsync(record, domain, lookUp, judge, show, cancellationToken) ?? new RecordFinding(verdict.Status, found, verdict.Explanation)
            : new RecordFinding(verdict.Status, found, verdict.Explanation);
    }

    // The usual places where a record ends up that was meant for another name.
    private static async Task<RecordFinding?> MisplacedAsync<T>(
        ExpectedRecord record, string domain, Func<string, CancellationToken, Task<DnsResult<T>>> lookUp,
        Func<IReadOnlyList<T>, RecordVerdict> judge, Func<T, string> show, CancellationToken cancellationToken)
    {
        foreach (var (place, mistake) in WrongPlaces(record, domain))
        {
            var result = await lookUp(place, cancellationToken);
            // One by one: that others stand beside it is no matter at a place where it should not be.
            if (result.Records.Where(found => judge([found]).Status == RecordStatus.Verified).ToList() is { Count: > 0 } ours)
                return new RecordFinding(RecordStatus.Failed, RecordText.Shown(ours.Select(found => $"{place}: {show(found)}")), mistake);
        }
        return null;
    }

    private static IEnumerable<(string Place, string Mistake)> WrongPlaces(ExpectedRecord record, string domain)
    {
        if (record.Name == domain)
            yield break;
        var label = record.Name[..^(domain.Length + 1)];
        yield return ($"{record.Name}.{domain}",
            $"The record stands at {record.Name}.{domain}: your DNS provider adds the domain by itself. Enter only '{label}' as its name.");
        yield return (domain, $"The record stands at {domain} itself. Move it: enter '{label}' as its name.");
    }

    // RFC 9989 §4.10.1: without a record of its own, a domain has the policy of a domain above it.
    private async Task<RecordFinding> InheritedAsync(
        ExpectedRecord record, IReadOnlyList<string> found, RecordVerdict missing, CancellationToken cancellationToken)
    {
        const int MostLabels = 5;
        const string Label = "_dmarc.";
        var parents = record.Name[Label.Length..].Split('.')[1..];
        foreach (var start in Enumerable.Range(0, parents.Length).TakeLast(MostLabels).Where(start => parents.Length - start >= 2))
        {
            var parent = string.Join('.', parents[start..]);
            var result = await _resolver.ResolveTxtAsync(Label + parent, cancellationToken);
            if (result.IsFound && TextJudge.Of(record)(result.Records).Status == RecordStatus.Verified)
                return new RecordFinding(RecordStatus.Verified, RecordText.Shown(result.Records), $"The policy of {parent} applies.");
        }
        return new RecordFinding(missing.Status, found, missing.Explanation);
    }

    private static string? IsAlias<T>(DnsResult<T> result, ExpectedRecord record) =>
        record.Type != DnsRecordType.Cname && result.CanonicalName.Length > 0
        && !result.CanonicalName.Equals(record.Name, StringComparison.OrdinalIgnoreCase)
            ? RecordText.Shown(result.CanonicalName)
            : null;

    private static RecordVerdict Nothing(ExpectedRecord record) => RecordVerdict.Missing(
        $"There is no {record.Type.ToText()} record at {record.Name} yet. Publish it; it can take a while until all name servers have it.");

    private static RecordFinding Unanswered(ExpectedRecord record) => new(
        RecordStatus.Pending, [], $"The name servers of {record.Name} gave no answer. It will be asked again.", IsConclusive: false);
}
