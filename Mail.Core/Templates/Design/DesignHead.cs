using System.Text;

namespace Mail.Core.Templates.Design;

/// <summary>The head of the html part: what cannot stand at the elements themselves.</summary>
internal static class DesignHead
{
    public static string Of(DesignSettings settings)
    {
        var head = new StringBuilder();
        head.Append("""
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="x-apple-disable-message-reformatting">
            <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title></title>
            <!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><![endif]-->
            <style>
            :root{color-scheme:light dark;supported-color-schemes:light dark}
            body{margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}
            table{border-spacing:0;mso-table-lspace:0;mso-table-rspace:0}
            img{border:0;-ms-interpolation-mode:bicubic}

            """);
        head.Append("@media (max-width:").Append(settings.Width - 1).Append("px){.column{display:block!important;width:100%!important;max-width:100%!important}.fluid{max-width:100%!important}.outer{padding:0!important}}\n");
        head.Append("@media (prefers-color-scheme:dark){").Append(DarkRules(settings.Dark, "")).Append("}\n");
        // Outlook on the web marks what it darkens itself.
        head.Append(DarkRules(settings.Dark, "[data-ogsc] ")).Append('\n');
        return head.Append("</style>\n</head>\n").ToString();
    }

    private static string DarkRules(DesignPalette dark, string scope)
    {
        var rules = new StringBuilder();
        foreach (var name in DesignPalette.Names)
        {
            var color = dark.Of(name);
            rules.Append($"{scope}.bg-{name}{{background-color:{color}!important}}{scope}.tx-{name}{{color:{color}!important}}{scope}.bd-{name}{{border-color:{color}!important}}");
        }
        return rules.ToString();
    }
}
