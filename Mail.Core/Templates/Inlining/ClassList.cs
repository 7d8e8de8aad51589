namespace Mail.Core.Templates.Inlining;

/// <summary>The classes of an element.</summary>
/// <param name="Certain">Those that it has whatever the variables are.</param>
/// <param name="Possible">Those that it has or not.</param>
/// <param name="IsOpen">Whether it may have others too.</param>
internal sealed record ClassList(IReadOnlyList<string> Certain, IReadOnlyList<string> Possible, bool IsOpen)
{
    private const int MaxBlocks = 32;
    private static readonly ClassList _anything = new([], [], true);
    private static readonly ClassList _none = new([], [], false);

    /// <param name="value">With its tags masked.</param>
    public static ClassList Read(string value) => value.Length == 0 ? _none : new Reader().Read(value);

    public Matching Match(string name) =>
        Certain.Contains(name) ? Matching.Yes : IsOpen || Possible.Contains(name) ? Matching.Maybe : Matching.No;

    /// <summary>
    /// Goes through the value with its blocks. What matters is whether a name can be longer than it looks, because what stands on the other
    /// side of a block touches it when the block writes nothing.
    /// </summary>
    private sealed class Reader
    {
        private readonly Stack<(bool IsFreeBefore, bool IsFreeBehind, bool HasElse)> _blocks = new();
        private readonly List<string> _certain = [];
        private readonly List<string> _possible = [];
        private bool _isOpen;

        // Whether a name may begin here: nothing touches it, whichever way leads here.
        private bool _isFree = true;

        public ClassList Read(string value)
        {
            for (var at = 0; at < value.Length;)
            {
                var character = value[at];
                if (MaskedTemplate.IsBlock(character))
                {
                    if (character == MaskedTemplate.OpenEach || _blocks.Count == MaxBlocks)
                        return _anything;
                    Enter(character);
                    for (at++; at < value.Length && value[at] == MaskedTemplate.Block; at++)
                    {
                    }
                }
                else if (char.IsWhiteSpace(character))
                {
                    _isFree = true;
                    at++;
                }
                else if (!_isFree)
                    return _anything;
                else
                    at = ReadName(value, at);
            }
            return new ClassList(_certain, _possible, _isOpen);
        }

        private int ReadName(string value, int start)
        {
            var end = start;
            while (end < value.Length && !char.IsWhiteSpace(value[end]) && !MaskedTemplate.IsBlock(value[end]))
                end++;
            var name = value[start..end];
            if (MaskedTemplate.HasMask(name))
                _isOpen = true;
            else
                (_blocks.Count == 0 ? _certain : _possible).Add(name);
            _isFree = false;
            return end;
        }

        private void Enter(char tag)
        {
            if (tag == MaskedTemplate.OpenIf)
            {
                _blocks.Push((_isFree, true, false));
                return;
            }
            var (before, behind, hasElse) = _blocks.Pop();
            behind &= _isFree;
            if (tag == MaskedTemplate.Close)
                _isFree = behind && (hasElse || before);
            else
            {
                _blocks.Push((before, behind, hasElse || tag == MaskedTemplate.Else));
                _isFree = before;
            }
        }
    }
}
