namespace Mail.Core.Templates.Engine;

/// <summary>How a language writes numbers and names of days and months. The host runs without culture data.</summary>
internal sealed record TemplateLocale(
    string Group, string Point, string[] Months, string[] ShortMonths, string[] Days, string[] ShortDays)
{
    private static readonly TemplateLocale English = Of(",", ".",
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Sunday Monday Tuesday Wednesday Thursday Friday Saturday", "Sun Mon Tue Wed Thu Fri Sat");

    private static readonly Dictionary<string, TemplateLocale> _all = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = English,
        ["de"] = Of(".", ",",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
            "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag", "So Mo Di Mi Do Fr Sa"),
        ["fr"] = Of("\u202F", ",",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
            "dimanche lundi mardi mercredi jeudi vendredi samedi", "dim. lun. mar. mer. jeu. ven. sam."),
        ["es"] = Of(".", ",",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "ene feb mar abr may jun jul ago sept oct nov dic",
            "domingo lunes martes miércoles jueves viernes sábado", "dom lun mar mié jue vie sáb"),
        ["it"] = Of(".", ",",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "gen feb mar apr mag giu lug ago set ott nov dic",
            "domenica lunedì martedì mercoledì giovedì venerdì sabato", "dom lun mar mer gio ven sab"),
        ["nl"] = Of(".", ",",
            "januari februari maart april mei juni juli augustus september oktober november december",
            "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
            "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag", "zo ma di wo do vr za"),
        ["pt"] = Of(".", ",",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
            "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado", "dom. seg. ter. qua. qui. sex. sáb."),
        ["pl"] = Of("\u00A0", ",",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "sty lut mar kwi maj cze lip sie wrz paź lis gru",
            "niedziela poniedziałek wtorek środa czwartek piątek sobota", "niedz. pon. wt. śr. czw. pt. sob."),
    };

    /// <summary>The locale of a language tag such as <c>de</c> or <c>de-AT</c>; English for none and for one we do not have.</summary>
    public static TemplateLocale Find(string? tag)
    {
        if (string.IsNullOrEmpty(tag))
            return English;
        var end = tag.AsSpan().IndexOfAny('-', '_');
        return _all.GetValueOrDefault(end < 0 ? tag : tag[..end], English);
    }

    private static TemplateLocale Of(string group, string point, string months, string shortMonths, string days, string shortDays) =>
        new(group, point, months.Split(' '), shortMonths.Split(' '), days.Split(' '), shortDays.Split(' '));
}
