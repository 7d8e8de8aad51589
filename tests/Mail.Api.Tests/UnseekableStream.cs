namespace Mail.Api.Tests;

/// <summary>Bytes whose number nobody knows before they end: sent as a body, it is not announced.</summary>
internal sealed class UnseekableStream(byte[] content) : MemoryStream(content)
{
    public override bool CanSeek => false;
}
