using System.Runtime.CompilerServices;
using Mail.Inbound.Session;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Session;

/// <summary>The files in Dialogues.</summary>
internal static class DialogueFiles
{
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder(), "*.smtp").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    public static SmtpDialogue Load(string name) => SmtpDialogue.Load(Path.Combine(Folder(), name + ".smtp"));

    /// <summary>The port it is for.</summary>
    public static SmtpServiceKind KindOf(SmtpDialogue dialogue) => dialogue.Settings.GetValueOrDefault("service") switch
    {
        "submission" => SmtpServiceKind.Submission,
        "submission-tls" => SmtpServiceKind.SubmissionTls,
        _ => SmtpServiceKind.Exchange,
    };

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(here))!, "Dialogues");
}
