using System.ComponentModel.DataAnnotations;

namespace Mail.Api.Features.Suppressions;

/// <summary>How much of a suppression list is taken at once.</summary>
internal sealed class SuppressionOptions
{
    public const string Section = "Suppressions";

    /// <summary>Largest CSV file of an import. Default 16 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long MaxImportBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most lines of an import. Default 200000.</summary>
    [Range(1, 10_000_000)]
    public int MaxImportLines { get; set; } = 200_000;
}
