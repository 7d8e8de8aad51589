using System.Text;

namespace Mail.Protocol.Tests.Dkim;

/// <summary>Messages full of what canonicalisation trips over. The same seed gives the same message.</summary>
internal static class RandomMessages
{
    public static byte[] Create(int seed)
    {
        var random = new Random(seed);
        var fields = new List<string>
        {
            "From: Ada <ada@example.com>", "To:  bob@example.net ,\r\n\tcarol@example.net  ", "Subject:" + Text(random, folds: true),
            "Date: Wed, 04 Mar 2026 05:06:07 +0000", "Message-ID: <" + seed + "@example.com>",
        };
        if (random.Next(2) == 0)
            fields.Add("MIME-Version:\t1.0");
        if (random.Next(2) == 0)
            fields.Add("CONTENT-TYPE: text/plain;\r\n  charset=utf-8");
        for (var i = random.Next(4); i > 0; i--)
            fields.Add("Received: from a by b;" + Text(random, folds: true));
        if (random.Next(4) == 0)
            fields.Add("Cc:");
        var shuffled = fields.ToArray();
        random.Shuffle(shuffled);
        return Encoding.UTF8.GetBytes(string.Join("\r\n", shuffled) + "\r\n\r\n" + Body(random));
    }

    /// <summary>The same with a line end at the end, without which libopendkim refuses a body.</summary>
    public static byte[] CreateTerminated(int seed) =>
        Create(seed) is var message && message.AsSpan().EndsWith("\r\n"u8) ? message : [.. message, .. "\r\n"u8];

    private static string Body(Random random)
    {
        var body = new StringBuilder();
        for (var i = random.Next(12); i > 0; i--)
            body.Append(random.Next(4) == 0 ? "" : Text(random, folds: false)).Append("\r\n");
        return random.Next(5) switch
        {
            0 => body.Append("last line without an end").ToString(),
            1 => body.Append(" \t\r\n\r\n \r\n\r\n").ToString(),
            2 => body.Append("\r\n\r\n\r\n").ToString(),
            _ => body.ToString(),
        };
    }

    private static string Text(Random random, bool folds)
    {
        string[] words = ["word", "Grüße", "x", "", " ", "\t", "  ", "a.b", ";", "=", "--", folds ? "\r\n " : ".", folds ? "\r\n\t " : ".."];
        var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 15)).Select(_ => words[random.Next(words.Length)]));
        return " text " + text + " end" + (random.Next(3) == 0 ? "  \t" : "");
    }
}
