using System.Net.Sockets;

namespace Mail.Protocol.Tests.Smtp.Differential;

/// <summary>What the server dialogues expect is what Postfix does, except where a file says why not.</summary>
[Collection(PostfixGroup.Name)]
public sealed class PostfixDialogueTests(PostfixFixture postfix)
{
    public static TheoryData<string> Files => DialogueFiles.Without("Server", "postfix");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Postfix_agrees_with_the_dialogue(string file)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(postfix.Server.EndPoint, limit.Token);
        await using var stream = new NetworkStream(socket);
        await DialogueFiles.Load("Server", file).RunAsync(stream, limit.Token);
    }
}
