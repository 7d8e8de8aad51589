namespace Mail.Protocol.Smtp;

/// <summary>How the client proves who it is. Never printed.</summary>
public abstract record SmtpCredentials
{
    private SmtpCredentials(string user) => User = user;

    /// <summary>The user name.</summary>
    public string User { get; }

    /// <summary>Dots.</summary>
    public sealed override string ToString() => "••••";

    /// <summary>A password, for PLAIN (RFC 4616) or LOGIN.</summary>
    public sealed record Password : SmtpCredentials
    {
        /// <summary>User name and password.</summary>
        public Password(string user, string secret) : base(user) => Secret = secret;

        internal string Secret { get; }
    }

    /// <summary>An OAuth 2 access token, for XOAUTH2.</summary>
    public sealed record AccessToken : SmtpCredentials
    {
        /// <summary>User name and bearer token.</summary>
        public AccessToken(string user, string token) : base(user) => Token = token;

        internal string Token { get; }
    }
}
