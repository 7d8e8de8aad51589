using System.Runtime.CompilerServices;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp;

/// <summary>The <c>.smtp</c> files beside the tests, read from the source tree.</summary>
internal static class DialogueFiles
{
    public static TheoryData<string> All(string side) => [.. Names(side)];

    /// <summary>Those that do not say <c>! set [setting] no</c>.</summary>
    public static TheoryData<string> Without(string side, string setting) =>
        [.. Names(side).Where(name => Load(side, name).Settings.GetValueOrDefault(setting) != "no")];

    public static SmtpDialogue Load(string side, string name) => SmtpDialogue.Load(Path.Combine(Folder(side), name + ".smtp"));

    public static byte[] Unescape(string text) => SmtpDialogue.Unescape(text);

    private static IEnumerable<string> Names(string side) =>
        Directory.GetFiles(Folder(side), "*.smtp").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    private static string Folder(string side, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Dialogues", side);
}
