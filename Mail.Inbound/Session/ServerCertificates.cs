using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Core.Domains;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Session;

/// <summary>The certificate for TLS: from the configured PEM files, read again when they change, or self-made in Development.</summary>
internal sealed partial class ServerCertificates
{
    // Files are looked at when somebody needs the certificate, at most this often.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly InboundOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ServerCertificates> _logger;
    private readonly Lock _lock = new();
    private volatile SslStreamCertificateContext? _current;
    private (DateTime, DateTime) _stamp;
    private long _lookedAt;

    public ServerCertificates(
        IOptions<InboundOptions> options, IOptions<MailHostOptions> host, IHostEnvironment environment, TimeProvider clock,
        ILogger<ServerCertificates> logger)
    {
        _options = options.Value;
        _clock = clock;
        _logger = logger;
        _lookedAt = clock.GetTimestamp();
        if (_options.CertificateFile is not null)
            Load();
        else if (environment.IsDevelopment())
            _current = SslStreamCertificateContext.Create(MakeOwn(host.Value.Name, clock), additionalCertificates: null, offline: true);
    }

    /// <summary>TLS is possible.</summary>
    public bool Any => _current is not null;

    /// <summary>The certificate as it is now; null without any.</summary>
    public SslStreamCertificateContext? Current
    {
        get
        {
            if (_options.CertificateFile is not null)
                Refresh();
            return _current;
        }
    }

    private void Refresh()
    {
        lock (_lock)
        {
            if (_clock.GetElapsedTime(_lookedAt) < Interval)
                return;
            _lookedAt = _clock.GetTimestamp();
            try
            {
                if (Stamp() != _stamp)
                    Load();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                // Half written, or wrong: what was good stays until the files are.
                Log.CertificateNotRead(_logger, _options.CertificateFile!, error.Message);
            }
        }
    }

    // RFC 8446 §4.4.2: the chain goes with the certificate, as it stands in the file; nothing is fetched.
    private void Load()
    {
        // Before the reading: what changes meanwhile is read again.
        var stamp = Stamp();
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificateFile!);
        var certificate = X509Certificate2.CreateFromPemFile(_options.CertificateFile!, _options.CertificateKeyFile);
        _current = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _stamp = stamp;
        Log.CertificateRead(_logger, _options.CertificateFile!, certificate.Thumbprint);
    }

    // Of what a link leads to: certificates are often replaced by another link.
    private (DateTime, DateTime) Stamp() => (ChangeOf(_options.CertificateFile!), ChangeOf(_options.CertificateKeyFile ?? _options.CertificateFile!));

    private static DateTime ChangeOf(string file) => File.GetLastWriteTimeUtc(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file);

    private static X509Certificate2 MakeOwn(string hostName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "TLS certificate {File} is in use, thumbprint {Thumbprint}")]
        public static partial void CertificateRead(ILogger logger, string file, string thumbprint);

        [LoggerMessage(LogLevel.Error, "TLS certificate {File} has changed and cannot be read; the one before stays: {Reason}")]
        public static partial void CertificateNotRead(ILogger logger, string file, string reason);
    }
}
