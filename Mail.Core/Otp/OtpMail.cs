using System.Collections.Frozen;
using System.Globalization;
using System.Net;

namespace Mail.Core.Otp;

/// <summary>The mail that brings a code when no template is named. The subject never holds the code: subjects are listed.</summary>
public static class OtpMail
{
    public const string DefaultLanguage = "en";

    private static readonly FrozenDictionary<string, Texts> ByLanguage = new Dictionary<string, Texts>
    {
        ["en"] = new("Your verification code for {0}", "Your verification code", "This is your code:", "It is valid for {0}.",
            "If you did not ask for it, ignore this mail. Never pass the code on.", "1 minute", "{0} minutes", "{0} seconds", "{0} hours"),
        ["de"] = new("Ihr Bestätigungscode für {0}", "Ihr Bestätigungscode", "Das ist Ihr Code:", "Er gilt {0}.",
            "Wenn Sie ihn nicht angefordert haben, ignorieren Sie diese Mail. Geben Sie den Code nie weiter.", "1 Minute", "{0} Minuten", "{0} Sekunden", "{0} Stunden"),
        ["fr"] = new("Votre code de vérification pour {0}", "Votre code de vérification", "Voici votre code :", "Il est valable {0}.",
            "Si vous ne l’avez pas demandé, ignorez ce message. Ne transmettez jamais ce code.", "1 minute", "{0} minutes", "{0} secondes", "{0} heures"),
        ["es"] = new("Tu código de verificación para {0}", "Tu código de verificación", "Este es tu código:", "Es válido durante {0}.",
            "Si no lo has pedido, ignora este correo. No compartas nunca el código.", "1 minuto", "{0} minutos", "{0} segundos", "{0} horas"),
        ["it"] = new("Il tuo codice di verifica per {0}", "Il tuo codice di verifica", "Questo è il tuo codice:", "È valido per {0}.",
            "Se non l’hai richiesto, ignora questa mail. Non comunicare mai il codice ad altri.", "1 minuto", "{0} minuti", "{0} secondi", "{0} ore"),
        ["pt"] = new("O seu código de verificação para {0}", "O seu código de verificação", "Este é o seu código:", "É válido durante {0}.",
            "Se não o pediu, ignore este e-mail. Nunca partilhe o código.", "1 minuto", "{0} minutos", "{0} segundos", "{0} horas"),
        ["nl"] = new("Je verificatiecode voor {0}", "Je verificatiecode", "Dit is je code:", "Hij is {0} geldig.",
            "Heb je hier niet om gevraagd, negeer deze mail dan. Geef de code nooit door.", "1 minuut", "{0} minuten", "{0} seconden", "{0} uur"),
        ["pl"] = new("Kod weryfikacyjny: {0}", "Kod weryfikacyjny", "Oto kod:", "Ważność: {0}.",
            "Jeśli to nie Ty prosisz o kod, zignoruj tę wiadomość. Nikomu nie podawaj kodu.", "1 min", "{0} min", "{0} s", "{0} godz."),
    }.ToFrozenDictionary();

    public static IReadOnlyList<string> Languages { get; } = [.. ByLanguage.Keys.Order(StringComparer.Ordinal)];

    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="brandName">Who asks for the code, as the recipient knows them; null to leave it out.</param>
    public static (string Subject, string Html, string Text) Write(string language, string? brandName, string code, TimeSpan lifetime)
    {
        var texts = ByLanguage[language];
        var subject = brandName is null ? texts.PlainSubject : Fill(texts.Subject, brandName);
        var valid = Fill(texts.Valid, texts.Span(lifetime));
        var html =
            $"""
            <!doctype html>
            <html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(subject)}</title></head>
            <body style="margin:0;padding:24px;font-family:Arial,Helvetica,sans-serif;color:#1a1a1a;background:#ffffff">
            <p style="margin:0 0 8px">{WebUtility.HtmlEncode(texts.Intro)}</p>
            <p style="margin:0 0 8px;font-size:32px;font-weight:bold;letter-spacing:6px;font-family:'Courier New',monospace">{code}</p>
            <p style="margin:0 0 16px">{WebUtility.HtmlEncode(valid)}</p>
            <p style="margin:0;color:#666666;font-size:13px">{WebUtility.HtmlEncode(texts.Warning)}</p>
            </body></html>
            """;
        return (subject, html, $"{texts.Intro}\n\n    {code}\n\n{valid}\n\n{texts.Warning}\n");
    }

    private static string Fill(string text, string value) => text.Replace("{0}", value, StringComparison.Ordinal);

    private sealed record Texts(
        string Subject, string PlainSubject, string Intro, string Valid, string Warning, string Minute, string Minutes, string Seconds, string Hours)
    {
        /// <summary>Whole hours, else whole minutes, else seconds.</summary>
        public string Span(TimeSpan span)
        {
            var (text, count) = span switch
            {
                _ when span.TotalMinutes < 1 || span.TotalSeconds % 60 != 0 => (Seconds, (int)span.TotalSeconds),
                _ when span.TotalMinutes == 1 => (Minute, 1),
                _ when span.TotalHours >= 2 && span.TotalMinutes % 60 == 0 => (Hours, (int)span.TotalHours),
                _ => (Minutes, (int)span.TotalMinutes),
            };
            return Fill(text, count.ToString(CultureInfo.InvariantCulture));
        }
    }
}
