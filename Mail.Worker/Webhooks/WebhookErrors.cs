namespace Mail.Worker.Webhooks;

/// <summary>Why an attempt failed, where the status of an answer does not tell.</summary>
internal static class WebhookErrors
{
    public const string AddressNotPublic = "address_not_public";
    public const string UrlNotAllowed = "url_not_allowed";
    public const string DnsFailed = "dns_failed";
    public const string ConnectFailed = "connect_failed";
    public const string TlsFailed = "tls_failed";
    public const string TimedOut = "timed_out";
    public const string InvalidAnswer = "invalid_answer";
    public const string SecretUnreadable = "secret_unreadable";
    public const string NotSuccess = "not_success";
    public const string Redirect = "redirect_not_followed";

    public static string Of(HttpRequestException error) => error switch
    {
        { InnerException: WebhookRefusedException refused } => refused.Error,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => TlsFailed,
        { HttpRequestError: HttpRequestError.NameResolutionError } => DnsFailed,
        { HttpRequestError: HttpRequestError.ConnectionError } => ConnectFailed,
        _ => InvalidAnswer,
    };
}
