using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>A mail as Python's email package and HTML parser read it.</summary>
/// <param name="Files">Names and SHA-256 of attachments.</param>
/// <param name="Unsubscribe">The address in List-Unsubscribe; empty without one.</param>
/// <param name="Signed">The header fields that the DKIM signature covers.</param>
internal sealed record ReadMail(
    string To, string Subject, IReadOnlyList<string> Files, IReadOnlyList<string> Links, IReadOnlyList<string> Pictures, string Unsubscribe, string Post, string Signed)
{
    private const string Reader =
        """
        import email, email.policy, hashlib, html.parser, json, re, sys
        class Page(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.links, self.pictures = [], []
            def handle_starttag(self, tag, attributes):
                found = dict(attributes)
                if tag == 'a': self.links.append(found['href'])
                if tag == 'img': self.pictures.append(found['src'])
        octets, mails = sys.stdin.buffer, []
        while length := octets.readline():
            mail = email.message_from_bytes(octets.read(int(length)), policy=email.policy.default)
            page = Page()
            page.feed(mail.get_body(('html',)).get_content())
            mails.append({
                'to': mail['To'].addresses[0].addr_spec, 'subject': mail['Subject'],
                'files': [p.get_filename() + ' ' + hashlib.sha256(p.get_content()).hexdigest() for p in mail.iter_attachments()],
                'links': page.links, 'pictures': page.pictures,
                'unsubscribe': re.sub(r'[<>\s]', '', mail.get('List-Unsubscribe', '')), 'post': mail.get('List-Unsubscribe-Post', ''),
                'signed': re.search(r'\bh=([^;]*)', mail['DKIM-Signature'])[1].lower(),
            })
        print(json.dumps(mails))
        """;

    public static async Task<List<ReadMail>> AllAsync(IEnumerable<ReceivedMessage> mails)
    {
        using var octets = new MemoryStream();
        foreach (var mail in mails)
        {
            octets.Write(Encoding.ASCII.GetBytes($"{mail.Content.Length}\n"));
            octets.Write(mail.Content);
        }
        var read = await Programs.PythonAsync(Reader, octets.ToArray());
        return JsonSerializer.Deserialize<List<ReadMail>>(read, JsonSerializerOptions.Web)!;
    }

    public static string FileOf(string name, byte[] content) => $"{name} {Convert.ToHexStringLower(SHA256.HashData(content))}";
}
