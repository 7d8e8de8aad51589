namespace Mail.Core.TrackedMail;

/// <summary>A request of a recipient, or of a machine in their place.</summary>
/// <param name="UserAgent">As the request says, shortened.</param>
/// <param name="Client">Who made it, by its name.</param>
public sealed record TrackingHit(TrackingAction Action, TrackingTarget Target, string? UserAgent, string? Ip, TrackingClient Client);

/// <summary>What a client's name tells about who is behind it.</summary>
public enum TrackingClient
{
    Person,

    /// <summary>Fetches pictures when a person opens the mail, in their place: Gmail, Yahoo, Outlook.com.</summary>
    ImageProxy,

    /// <summary>Fetches everything, whether anybody opens the mail or not.</summary>
    Machine,
}
