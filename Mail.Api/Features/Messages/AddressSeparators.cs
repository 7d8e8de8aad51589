namespace Mail.Api.Features.Messages;

/// <summary>Cuts a text at its commas and semicolons, except within quotes and angle brackets.</summary>
internal static class AddressSeparators
{
    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        var quoted = false;
        var inAngle = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '<' when !quoted:
                    inAngle = true;
                    break;
                case '>' when !quoted:
                    inAngle = false;
                    break;
                case ',' or ';' when !quoted && !inAngle:
                    yield return text[start..i];
                    start = i + 1;
                    break;
            }
        }
        // "a@example.com, b@example.com," is what joining leaves behind; an empty text is an error of its own.
        if (start == 0 || !string.IsNullOrWhiteSpace(text[start..]))
            yield return text[start..];
    }
}
