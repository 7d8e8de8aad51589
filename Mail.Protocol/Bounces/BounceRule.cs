using System.Globalization;

namespace Mail.Protocol.Bounces;

/// <summary>One line of the rule file. All of its conditions have to hold.</summary>
internal sealed class BounceRule
{
    private readonly int _codeFrom, _codeTo = 999;
    private readonly string _enhanced = "";
    private readonly BounceStage? _stage;
    private readonly string[] _phrases;

    private BounceRule(string id, string provider, string conditions, BounceClass bounceClass, string[] phrases)
    {
        (Id, Provider, Class, _phrases) = (id, provider, bounceClass, phrases);
        foreach (var condition in conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (condition == "*")
                continue;
            if (Enum.TryParse<BounceStage>(condition, out var stage) && !char.IsAsciiDigit(condition[0]))
                _stage = stage;
            else if (condition.Contains('.'))
                _enhanced = condition.TrimEnd('*');
            else
                (_codeFrom, _codeTo) = Codes(condition);
        }
    }

    public string Id { get; }

    public string Provider { get; }

    public BounceClass Class { get; }

    public IReadOnlyList<string> Phrases => _phrases;

    /// <summary>Reads "id | provider | conditions | class | phrase &amp; phrase".</summary>
    public static BounceRule Parse(string line)
    {
        var columns = line.Split('|', 5, StringSplitOptions.TrimEntries);
        if (columns.Length != 5 || !Enum.TryParse<BounceClass>(columns[3], out var bounceClass))
            throw new FormatException($"Not a bounce rule: {line}");
        return new BounceRule(
            columns[0], columns[1], columns[2], bounceClass,
            columns[4].Split(" & ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    public bool Fits(BounceStage stage, ReplyText reply)
    {
        if (_stage is { } wanted && wanted != stage)
            return false;
        if (reply.Code < _codeFrom || reply.Code > _codeTo)
            return false;
        if (!reply.Enhanced.StartsWith(_enhanced, StringComparison.Ordinal) || !IsWholeCode(reply.Enhanced))
            return false;
        foreach (var phrase in _phrases)
        {
            if (!reply.Text.Contains(phrase, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    /// <summary>5.1.1 is not 5.1.10, but 5.1. stands for all of them.</summary>
    private bool IsWholeCode(string enhanced) =>
        _enhanced.Length == 0 || _enhanced[^1] == '.' || enhanced.Length == _enhanced.Length;

    private static (int From, int To) Codes(string condition) => condition.Length == 1
        ? (100 * (condition[0] - '0'), (100 * (condition[0] - '0')) + 99)
        : (int.Parse(condition, CultureInfo.InvariantCulture), int.Parse(condition, CultureInfo.InvariantCulture));
}
