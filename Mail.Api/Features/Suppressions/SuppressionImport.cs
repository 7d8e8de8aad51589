using System.Globalization;
using Mail.Api.Http;
using Mail.Core.Organizations;
using Mail.Core.Suppressions;

namespace Mail.Api.Features.Suppressions;

/// <summary>One import under way: gathers good lines and stores them in parts.</summary>
internal sealed class SuppressionImport(SuppressionStore suppressions, OrganizationId organization, TimeProvider clock)
{
    private const int Part = 500;
    private const int MaxErrors = 100;

    private readonly List<SuppressionInput> _waiting = [];
    private readonly List<ImportError> _errors = [];
    private Columns? _columns;
    private int _created;
    private int _existing;
    private int _invalid;

    public int Lines { get; private set; }

    public ImportResponse Result => new(Lines, _created, _existing, _invalid, _errors);

    public async ValueTask AddAsync(CsvLine line, CancellationToken cancellationToken)
    {
        Lines++;
        if (line.Text is not { } text)
            Refuse(FieldCodes.InvalidCharacters, $"The line has more than {CsvLines.MaxLine} bytes or is not UTF-8.");
        else if (SuppressionCsv.Read(text) is not { } fields)
            Refuse(FieldCodes.InvalidValue, "A quote is not closed, or stands within a field that is not quoted.");
        else if (_columns is null && Columns.OfHeadings(fields) is { } headings)
            _columns = headings;
        else if (fields is not [""])
            Add(_columns ??= Columns.Default, fields);
        if (_waiting.Count >= Part)
            await FlushAsync(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        var ids = await suppressions.CreateManyAsync(organization, _waiting, cancellationToken);
        var created = ids.Count(id => id is not null);
        _created += created;
        _existing += ids.Count - created;
        _waiting.Clear();
    }

    private void Add(Columns columns, List<string> fields)
    {
        var request = new SuppressionRequest { Email = columns.Of(fields, columns.Email), Reason = columns.Of(fields, columns.Reason) };
        if (columns.Of(fields, columns.ExpiresAt) is { } expiry)
        {
            if (!DateTimeOffset.TryParse(expiry, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expires))
            {
                Refuse(FieldCodes.InvalidValue, "expiresAt must be a time such as 2026-05-12T09:00:00Z.");
                return;
            }
            request = request with { ExpiresAt = expires };
        }
        (string Code, string Message)? wrong = null;
        SuppressionRules.Check(request, clock.GetUtcNow(), failure => wrong ??= (failure.ErrorCode, failure.ErrorMessage));
        if (wrong is { } error)
            Refuse(error.Code, error.Message);
        else
            _waiting.Add(SuppressionRules.Read(request));
    }

    private void Refuse(string code, string message)
    {
        _invalid++;
        if (_errors.Count < MaxErrors)
            _errors.Add(new ImportError(Lines, code, message));
    }

    /// <summary>Where what stands; -1 for what is not there.</summary>
    private sealed record Columns(int Email, int Reason, int ExpiresAt)
    {
        public static readonly Columns Default = new(0, 1, 2);

        /// <summary>Null when the line holds no heading <c>email</c>.</summary>
        public static Columns? OfHeadings(List<string> fields)
        {
            var email = Find(fields, "email");
            return email < 0 ? null : new Columns(email, Find(fields, "reason"), Find(fields, "expiresAt"));
        }

        public string? Of(List<string> fields, int column) =>
            column >= 0 && column < fields.Count && fields[column].Length > 0 ? fields[column] : null;

        private static int Find(List<string> fields, string name) =>
            fields.FindIndex(field => field.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
