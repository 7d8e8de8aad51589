using System.ComponentModel.DataAnnotations;
using Mail.Protocol.Addresses;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tls.Reports;

/// <summary>Reports to recipient domains that ask how TLS with their servers went (RFC 8460).</summary>
public sealed class TlsReportOptions
{
    public const string Section = "TlsReports";

    /// <summary>The address that reports come from, at a verified sending domain; it is named as the contact too. None: nothing is counted or reported.</summary>
    public string? From { get; set; }

    /// <summary>The name of the organization in reports; the domain of the address when absent.</summary>
    [StringLength(200)]
    public string? OrganizationName { get; set; }

    /// <summary>How often counts are written. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CountInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked for reports that are due. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan SendInterval { get; set; } = TimeSpan.FromMinutes(10);

    internal EmailAddress? Sender => From is not null && EmailAddress.TryParse(From, out var address) ? address : null;
}

internal sealed class TlsReportOptionsValidator : IValidateOptions<TlsReportOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsReportOptions options) => options.From is null || options.Sender is not null
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Mail:TlsReports:From '{options.From}' is no address.");
}
