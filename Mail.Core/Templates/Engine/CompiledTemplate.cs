using System.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>One part of a template, parsed. Never changes; any number of renderings may use it at once.</summary>
public sealed class CompiledTemplate
{
    // A node, an expression and their names, per tag.
    private const int BytesPerNode = 200;

    private readonly string _source;
    private readonly Node[] _nodes;
    private readonly TemplateContext _context;

    private CompiledTemplate(string source, Node[] nodes, TemplateContext context)
    {
        _source = source;
        _nodes = nodes;
        _context = context;
    }

    /// <summary>About what it takes in memory.</summary>
    public long Bytes => (_source.Length * 4L) + (_source.Count(character => character == '{') / 2 * BytesPerNode);

    internal Node[] Nodes => _nodes;

    /// <summary>Parses a source; one of the two is null.</summary>
    public static (CompiledTemplate? Template, TemplateError? Error) Parse(string source, TemplateContext context, TemplateLimits limits)
    {
        if (source.Length > limits.MaxSourceBytes || Encoding.UTF8.GetByteCount(source) > limits.MaxSourceBytes)
            return (null, new TemplateError(1, 1, $"The template has more than {limits.MaxSourceBytes} bytes."));
        if (source.IndexOf('\0') is var nul and >= 0)
            return (null, TemplateError.At(source, nul, "The template has the character NUL."));
        var (nodes, error) = TemplateParser.Parse(source, limits.MaxDepth);
        return error is null ? (new CompiledTemplate(source, nodes, context), null) : (null, error);
    }

    public TemplateRendering Render(TemplateModel model, TemplateLimits limits, TimeProvider clock)
    {
        using var output = new TemplateOutput(_context, limits.MaxOutputBytes);
        var state = new RenderState(model.Root, output, limits, clock);
        Node.RenderAll(_nodes, state);
        var text = state.IsStopped ? null : output.Finish();
        state.CheckOutput();
        return new TemplateRendering(
            text ?? "", [.. state.Missing],
            state.Failure is { } failure ? TemplateError.At(_source, failure.Position, failure.Message) : null);
    }
}

/// <summary>What came of rendering one part.</summary>
/// <param name="Text">The result; variables that are missing stand in it as nothing.</param>
/// <param name="Error">Set when rendering ended early; then there is no text.</param>
public sealed record TemplateRendering(string Text, IReadOnlyList<MissingVariable> Missing, TemplateError? Error);
