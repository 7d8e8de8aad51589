using Mail.Core.Organizations;

namespace Mail.Core.Queue;

/// <summary>
/// Where ready items of one kind stand in line: one priority, one organization, one recipient domain. Mail of test keys
/// has one lane for all domains, as it goes to one place.
/// </summary>
public readonly record struct QueueLane(short Priority, OrganizationId Organization, string Name)
{
    /// <summary>The lane of test mail; no domain has this name.</summary>
    public const string Test = ".test";

    public bool IsTest => Name == Test;
}

/// <summary>How many items to take from a lane.</summary>
/// <param name="Behind">Only items with a greater id; all of them when empty.</param>
public readonly record struct LaneClaim(QueueLane Lane, int Count, Guid Behind = default);

/// <summary>
/// Where the next survey goes on. A survey is bounded, so with very many organizations or lanes it takes several to see
/// all of them; each goes on behind the one before, and starts again at the end.
/// </summary>
public sealed class SurveyPosition
{
    /// <summary>Priorities are 0 (first) to 2.</summary>
    public const int Priorities = 3;

    private readonly Guid[] _organizations = new Guid[Priorities];
    private Dictionary<(short Priority, Guid Organization), string> _lanes = [];

    /// <summary>The last survey did not see everything.</summary>
    public bool IsPartial { get; private set; }

    internal Guid[] Organizations => _organizations;

    internal IReadOnlyCollection<KeyValuePair<(short Priority, Guid Organization), string>> Lanes => _lanes;

    internal void Advance(IReadOnlyList<QueueLane> seen, SurveyLimits limits)
    {
        var lanes = new Dictionary<(short, Guid), string>();
        IsPartial = _lanes.Count > 0 || Array.Exists(_organizations, cursor => cursor != Guid.Empty);
        Array.Clear(_organizations);
        foreach (var priority in seen.GroupBy(lane => lane.Priority))
        {
            var organizations = priority.GroupBy(lane => lane.Organization.Value).ToList();
            if (organizations.Count >= limits.Organizations)
                _organizations[priority.Key] = organizations[^1].Key;
            foreach (var organization in organizations.Where(group => group.Count() >= limits.LanesPerOrganization))
                lanes[(priority.Key, organization.Key)] = organization.Last().Name;
        }
        _lanes = lanes;
        IsPartial |= lanes.Count > 0 || Array.Exists(_organizations, cursor => cursor != Guid.Empty);
    }
}

/// <summary>How much one survey may see.</summary>
/// <param name="Organizations">Per priority.</param>
/// <param name="LanesPerOrganization">Per priority and organization.</param>
/// <param name="Promotions">Items whose time has come, made ready at once at most.</param>
public sealed record SurveyLimits(int Organizations = 200, int LanesPerOrganization = 250, int Promotions = 1000);
