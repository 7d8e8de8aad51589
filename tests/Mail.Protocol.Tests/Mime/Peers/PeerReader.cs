using System.Diagnostics;
using System.Text.Json;

namespace Mail.Protocol.Tests.Mime.Peers;

/// <summary>What another program reads in a mail.</summary>
internal sealed record PeerMail(
    string? Subject, string[][] From, string[][] To, string[][] Cc, DateTimeOffset? Date, string? Id, string? Text, string? Html, string?[][] Files, string[] Defects);

/// <summary>Runs an independent mail reader over a folder of .eml files.</summary>
internal static class PeerReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static Dictionary<string, PeerMail> Python(string folder) => Run("/usr/bin/python3", VectorFiles.PathOf("Mime/Peers/read_mail.py"), folder);

    internal static Dictionary<string, PeerMail> MailParser(string folder) =>
        Run("node", VectorFiles.PathOf("Mime/Peers/read_mail.cjs"), folder, VectorFiles.PathOf("../tools/node_modules"));

    private static Dictionary<string, PeerMail> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} does not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return JsonSerializer.Deserialize<Dictionary<string, PeerMail>>(output, Json)!;
    }
}
