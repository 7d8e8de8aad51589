namespace Mail.Core.TrackedMail;

/// <summary>Tells machines from people by the name they give themselves. Who gives none is a machine.</summary>
public static class TrackingClients
{
    private static readonly string[] _proxies = ["GoogleImageProxy", "YahooMailProxy", "OutlookImageProxy", "YahooCacheSystem", "ggpht.com"];

    private static readonly string[] _machines =
    [
        "bot", "crawler", "spider", "scanner", "preview", "fetch", "monitor", "curl/", "wget/", "python", "java/", "okhttp", "go-http-client", "libwww",
        "headless", "phantomjs", "barracuda", "mimecast", "proofpoint", "urldefense", "safelinks", "trendmicro", "symantec", "sophos", "fireeye", "cisco",
        "forcepoint", "bitdefender", "virustotal", "slackbot", "facebookexternalhit", "whatsapp", "telegram", "skypeuripreview", "bingpreview",
        "microsoft office/existence discovery", "ms-office",
    ];

    public static TrackingClient Of(string? userAgent)
    {
        // Apple's privacy protection fetches all pictures of all mail, under the bare name.
        if (string.IsNullOrWhiteSpace(userAgent) || userAgent is "Mozilla/5.0" or "Mozilla/4.0")
            return TrackingClient.Machine;
        if (Array.Exists(_proxies, name => userAgent.Contains(name, StringComparison.OrdinalIgnoreCase)))
            return TrackingClient.ImageProxy;
        return Array.Exists(_machines, name => userAgent.Contains(name, StringComparison.OrdinalIgnoreCase)) ? TrackingClient.Machine : TrackingClient.Person;
    }
}
