using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Mail.Core.Inbound;

/// <summary>The words that mail programs put in front of what they quote, in the languages that are common.</summary>
internal static partial class QuotationMarks
{
    private const int MaxIntroductionLines = 3;
    private const int MaxIntroduction = 400;
    private const int MaxHeaderLines = 9;
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    // What programs call the fields of the mail they quote: from, sent, to, subject.
    private static readonly FrozenDictionary<string, Field> Labels = new (Field Field, string Names)[]
    {
        (Field.From, "from|von|de|da|van|från|fra|od|от|lähettäjä|gönderen|feladó|差出人|发件人|寄件者|보낸 사람"),
        (Field.Sent, "sent|date|gesendet|datum|envoyé|inviato|data|enviado|enviado el|enviada em|verzonden|skickat|sendt|dato|wysłano|odesláno|отправлено|дата|lähetetty|gönderilen|发送时间|日期|送信日時|보낸 날짜"),
        (Field.To, "to|cc|an|à|a|para|aan|till|til|do|komu|кому|vastaanottaja|kime|收件人|宛先|받는 사람"),
        (Field.Subject, "subject|betreff|objet|oggetto|asunto|assunto|onderwerp|ämne|emne|temat|předmět|тема|aihe|konu|主题|主旨|件名|제목"),
    }.SelectMany(entry => entry.Names.Split('|').Select(name => KeyValuePair.Create(name, entry.Field))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private enum Field
    {
        From,
        Sent,
        To,
        Subject,
    }

    /// <summary>"-----Original Message-----", or the long line that Outlook draws.</summary>
    public static bool IsDivider(string line) =>
        line.Length is > 0 and <= MaxIntroduction && (OriginalMessage().IsMatch(line) || ForwardedMessage().IsMatch(line) || LongLine().IsMatch(line) || WroteThis().IsMatch(line));

    /// <summary>The fields of the quoted mail, one on each line.</summary>
    public static bool IsHeader(List<string> lines, int at)
    {
        if (FieldOf(lines[at]) is not { } first)
            return false;
        var fields = new HashSet<Field> { first };
        foreach (var line in lines.Skip(at + 1).Take(MaxHeaderLines).Where(line => line.Length > 0))
        {
            if (FieldOf(line) is not { } field)
                break;
            fields.Add(field);
        }
        return fields.Contains(Field.From) && fields.Contains(Field.Subject) && fields.Count > 2;
    }

    /// <summary>How many lines "On …, … wrote:" takes here; 0 when it does not stand here.</summary>
    public static int IntroductionAt(List<string> lines, int at)
    {
        var text = "";
        for (var count = 1; count <= MaxIntroductionLines && at + count <= lines.Count; count++)
        {
            var line = lines[at + count - 1].Trim();
            if (line.Length == 0 || line[0] == '>' || text.Length + line.Length > MaxIntroduction || (count > 1 && at > 0 && lines[at - 1].Length > 0))
                return 0;
            text = text.Length == 0 ? line : $"{text} {line}";
            if (text[^1] is ':' or '：' && (IsIntroduction(text) || (count == 1 && text.Contains('@', StringComparison.Ordinal) && IsQuotedAt(lines, at + 1))))
                return count;
        }
        return 0;
    }

    /// <summary>Whether the next line that is not empty has the mark of a quotation.</summary>
    public static bool IsQuotedAt(List<string> lines, int at)
    {
        // Some put one empty line in between, nobody more than a few.
        for (var end = Math.Min(lines.Count, at + MaxIntroductionLines); at < end; at++)
        {
            if (lines[at].Length > 0)
                return lines[at].StartsWith('>');
        }
        return false;
    }

    /// <summary>What telephones and programs say of themselves.</summary>
    public static bool IsAdvertisement(string line) => line.Length <= MaxIntroduction && Advertisement().IsMatch(line.Trim());

    // People write "On Monday he wrote:" too; programs name a moment or an address.
    private static bool IsIntroduction(string text) =>
        Moment().IsMatch(text) && (Wrote().IsMatch(text) || WroteOn().IsMatch(text) || DateAndAddress().IsMatch(text));

    private static Field? FieldOf(string line)
    {
        var colon = line.AsSpan(0, Math.Min(line.Length, 30)).IndexOfAny(':', '：');
        return colon > 0 && Labels.TryGetValue(line[..colon].Trim(' ', '*'), out var field) ? field : null;
    }

    [GeneratedRegex(
        @"^\s*[-_*]{2,}\s*(original message|original email|ursprüngliche nachricht|originalnachricht|message d['’]origine|message original|mensaje original|messaggio originale|mensagem original"
        + "|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva"
        + @"|исходное сообщение|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|원본 메시지|forwarded message|weitergeleitete nachricht|message transféré)\s*[-_*]{2,}", Options)]
    private static partial Regex OriginalMessage();

    [GeneratedRegex("^\\s*(begin forwarded message|anfang der weitergeleiteten nachricht|début du message transféré|inicio del mensaje reenviado|inizio messaggio inoltrato)\\s?:$", Options)]
    private static partial Regex ForwardedMessage();

    [GeneratedRegex("^\\s*_{32}", Options)]
    private static partial Regex LongLine();

    [GeneratedRegex(@"\d{1,2}[:.h]\d{2}|(19|20)\d{2}|@", Options)]
    private static partial Regex Moment();

    [GeneratedRegex(
        @"^(on|am|le|el|il|em|op|den|dne|dnia|w dniu|в|la|pe)\s.{4,300}\s(wrote|schrieb|folgendes geschrieben|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napsal|napsala|napsal\(a\)"
        + @"|napisał|napisała|napisał\(a\)|pisze|пишет|написал|написала|написал\(а\)|a scris)(\s.{1,200})?\s?[:：]$"
        + @"|^.{4,300}\s(kirjoitti|ezt írta|şunu yazdı|写道|寫道|님이 작성)(\s.{1,200})?\s?[:：]$|^.{4,300}(写道|寫道)\s?[:：]$", Options)]
    private static partial Regex Wrote();

    // Yahoo on telephones goes on in the same line.
    [GeneratedRegex(@"^\s*(on|am|le|el|il|em)\s.{6,200}@.{1,200}(wrote|geschrieben|a écrit|escribió|ha scritto|escreveu)\s?:\s{2,}\S", Options)]
    private static partial Regex WroteThis();

    [GeneratedRegex(@"^.{2,200}\s(wrote on|schrieb am|a écrit le|escribió el|ha scritto il|schreef op|skrev den|napisał\(a\) dnia)\s.{4,120}\s?[:：]$", Options)]
    private static partial Regex WroteOn();

    [GeneratedRegex(@"^\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}.{0,200}<[^\s<>]+@[^\s<>]+>\s?[:：]$", Options)]
    private static partial Regex DateAndAddress();

    [GeneratedRegex(
        "^(sent from|sent with|sent using|get outlook for|yahoo mail:|von meinem .{2,60} gesendet|gesendet (von|mit|über|aus)|outlook für .{2,60} beziehen|holen sie sich outlook"
        + "|envoyé (de|depuis|à partir|avec)|télécharger outlook|obtenir outlook|enviado (desde|do|de|a partir)|inviato (da|dal|con)|scarica outlook|verzonden (vanaf|vanuit|met|van)"
        + "|skickat från|skickades från|sendt fra|wysłano z|wysłane z|odesláno z|отправлено (с|из)|发自我的|iphoneから送信|나의 iphone에서 보냄)( .{0,200})?\\.?$", Options)]
    private static partial Regex Advertisement();
}
