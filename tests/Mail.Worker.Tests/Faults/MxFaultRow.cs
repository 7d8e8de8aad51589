using System.Globalization;

namespace Mail.Worker.Tests.Faults;

/// <summary>One fault of <c>mx-faults.txt</c>, and what is to become of the message.</summary>
/// <param name="Postfix">Null when Postfix cannot be asked.</param>
internal sealed record MxFaultRow(int Number, string Stage, string Fault, string Alone, bool IsNextTried, PostfixEnd? Postfix)
{
    private const string Delivered = "delivered end_of_data accepted";

    public string Name => $"{Stage} {Fault}";

    /// <summary>What is to be recorded when there is a second, healthy host.</summary>
    public string WithNext => IsNextTried ? Delivered : Alone;

    /// <summary>The domain of this row whose only host has the fault, or of another kind.</summary>
    public string Domain(char kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}{Number}.test");

    /// <summary>Only a time-out ends it. What else there is may take its time on a busy machine.</summary>
    public bool NeverAnswers => Fault is "hang" or "trickle" or "silent";

    /// <summary>Pipelining decides nothing: the same has to come of it without.</summary>
    public bool IsOfTransaction => Stage is "mail" or "rcpt" or "data" or "body" or "dot";

    public static IReadOnlyList<MxFaultRow> ReadAll()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Faults", "mx-faults.txt"));
        var faults = lines.Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .SelectMany(cells => cells[1].Split(' ').Select(fault => (cells, fault)));
        return [.. faults.Select((row, i) => new MxFaultRow(
            i, row.cells[0], row.fault, row.cells[2], row.cells[3] == "mx2", PostfixEnd.Read(row.cells[4], row.cells[2], row.cells[3] == "mx2")))];
    }
}

/// <summary>What Postfix logs at its first attempt: alone, and with a second host.</summary>
internal sealed record PostfixEnd(string Alone, string WithNext)
{
    public static PostfixEnd? Read(string cell, string ours, bool isNextTried)
    {
        if (cell == "-")
            return null;
        if (cell == "=")
            return new PostfixEnd(OfOurs(ours), isNextTried ? "sent" : OfOurs(ours));
        // Whoever writes down a difference has to say why.
        var (ends, reason) = cell.Split(' ', 2) is [var both, var why] ? (both.Split('/'), why) : throw new FormatException($"'{cell}' gives no reason.");
        return ends is [var alone, var next] && reason.Length > 0 ? new PostfixEnd(alone, next) : throw new FormatException(cell);
    }

    private static string OfOurs(string ours) => ours.Split(' ')[0] switch
    {
        "delivered" => "sent",
        "deferred" or "uncertain" => "deferred",
        "bounced" or "failed" => "bounced",
        var other => throw new FormatException(other),
    };
}
