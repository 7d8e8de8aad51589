using Mail.Core.Organizations;
using Mail.Core.Templates.Engine;
using Microsoft.Extensions.Options;

namespace Mail.Core.Templates;

/// <summary>
/// Compiled versions, the most recently used ones, up to a number of bytes. A version never changes, so nothing in here
/// can be out of date.
/// </summary>
public sealed class CompiledVersions(IOptions<TemplateLimits> limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>The parts of a version; <paramref name="load"/> reads it when it is not at hand.</summary>
    public async ValueTask<TemplateParts?> GetAsync(
        OrganizationId organization, TemplateId template, int number, Func<CancellationToken, Task<TemplateParts?>> load, CancellationToken cancellationToken)
    {
        var key = new Key(organization, template, number);
        if (Find(key) is { } known)
            return known;
        var parts = await load(cancellationToken);
        if (parts is not null)
            Add(key, parts);
        return parts;
    }

    private TemplateParts? Find(Key key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Parts;
        }
    }

    private void Add(Key key, TemplateParts parts)
    {
        lock (_lock)
        {
            if (parts.Bytes > limits.Value.CacheBytes || _entries.ContainsKey(key))
                return;
            _entries.Add(key, _byUse.AddFirst(new Entry(key, parts)));
            _bytes += parts.Bytes;
            while (_bytes > limits.Value.CacheBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _entries.Remove(oldest.Value.Key);
                _bytes -= oldest.Value.Parts.Bytes;
            }
        }
    }

    private readonly record struct Key(OrganizationId Organization, TemplateId Template, int Number);

    private sealed record Entry(Key Key, TemplateParts Parts);
}
