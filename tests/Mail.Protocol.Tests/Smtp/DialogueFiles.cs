using System.Runtime.CompilerServices;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp;

/// <summary>The <c>.smtp</c> files beside the tests, read from the source tree.</summary>
internal static class DialogueFiles
{
    public static TheoryData<string> All(string side) =>
        [.. Directory.GetFiles(Folder(side), "*.smtp").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    public static SmtpDialogue Load(string side, string name) => SmtpDialogue.Load(Path.Combine(Folder(side), name + ".smtp"));

    public static byte[] Unescape(string text) => SmtpDialogue.Unescape(text);

    private static string Folder(string side, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Dialogues", side);
}
