using System.Text;
using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>What of a load is at the relay, by number; each copy is told by its Message-ID.</summary>
internal sealed class Arrivals
{
    private readonly Dictionary<int, List<string>> _copies = [];

    private Arrivals()
    {
    }

    public static Arrivals Of(Load load, ScriptedSmtpServer relay)
    {
        var arrivals = new Arrivals();
        foreach (var mail in relay.Messages)
        {
            if (load.NumberOf(mail.Recipients[0]) is not { } number) continue;
            if (!arrivals._copies.TryGetValue(number, out var copies)) arrivals._copies[number] = copies = [];
            copies.Add(MessageIdOf(mail.Content));
        }
        return arrivals;
    }

    /// <summary>Messages of the load that are there at least once.</summary>
    public int Count => _copies.Count;

    /// <summary>Copies beyond the first ones.</summary>
    public int Duplicates => _copies.Values.Sum(copies => copies.Count - 1);

    public IEnumerable<int> Duplicated => _copies.Where(copies => copies.Value.Count > 1).Select(copies => copies.Key);

    public int MostCopies => _copies.Count == 0 ? 0 : _copies.Values.Max(copies => copies.Count);

    public bool Has(int number) => _copies.ContainsKey(number);

    /// <summary>Numbers of which copies came that are not the same message.</summary>
    public IEnumerable<int> Different => _copies.Where(copies => copies.Value.Distinct().Count() > 1).Select(copies => copies.Key);

    private static string MessageIdOf(byte[] content)
    {
        const string Field = "Message-ID: ";
        var head = Encoding.ASCII.GetString(content.AsSpan(0, content.AsSpan().IndexOf("\r\n\r\n"u8)));
        return head.Split("\r\n").Single(line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase))[Field.Length..];
    }
}
