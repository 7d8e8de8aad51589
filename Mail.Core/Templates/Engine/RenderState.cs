namespace Mail.Core.Templates.Engine;

/// <summary>One rendering on its way: where it is, what it has used up, and what went wrong.</summary>
internal sealed class RenderState(TemplateValue root, TemplateOutput output, TemplateLimits limits, TimeProvider clock)
{
    private const int StepsBetweenClockReadings = 1024;

    // Other names are not told at once.
    private const int MaxMissing = 100;

    private readonly long _started = clock.GetTimestamp();
    private Frame[] _frames = [new(root, 0, 1, null), default, default, default];
    private int _depth;
    private int _steps;
    private int _nextClockReading = StepsBetweenClockReadings;
    private Dictionary<string, MissingVariable>? _missing;

    public TemplateOutput Output => output;

    public TemplateValue Root => root;

    public IEnumerable<MissingVariable> Missing => _missing?.Values ?? Enumerable.Empty<MissingVariable>();

    /// <summary>Why rendering ended early, and at which position of the source.</summary>
    public (int Position, string Message)? Failure { get; private set; }

    public bool IsStopped => Failure is not null;

    /// <summary>The each block that was entered last: where a limit is said to be reached.</summary>
    public int Position { get; set; }

    /// <summary>The frame of the each block that many levels above the current one.</summary>
    public ref readonly Frame Frame(int up) => ref _frames[_depth - up];

    /// <summary>The frame of an each block counted from the outermost, from 1.</summary>
    public ref readonly Frame FrameAt(int depth) => ref _frames[depth];

    public void Enter()
    {
        if (++_depth == _frames.Length)
            Array.Resize(ref _frames, _frames.Length * 2);
    }

    public void Round(TemplateValue value, int index, int count, string? key) => _frames[_depth] = new(value, index, count, key);

    public void Leave() => _depth--;

    /// <summary>Counts steps; false when rendering is to stop.</summary>
    public bool Step(int count)
    {
        if (IsStopped)
            return false;
        // The sum cannot wrap: a single count is bounded by the length of a text.
        if ((_steps += count) > limits.MaxSteps)
            Fail(Position, $"The template takes more than {limits.MaxSteps} steps with these variables.");
        else if (_steps >= _nextClockReading && !InTime())
            Fail(Position, $"The template takes longer than {limits.MaxTime.TotalSeconds:0.###} s with these variables.");
        return !IsStopped;
    }

    /// <summary>Counts the work on a text.</summary>
    public bool StepOver(string text) => Step(1 + (text.Length / 64));

    /// <summary>Ends the rendering; the first reason stays.</summary>
    public void Fail(int position, string message) => Failure ??= (position, message);

    public void CheckOutput()
    {
        if (output.IsFull)
            Fail(Position, $"The template renders to more than {limits.MaxOutputBytes} bytes with these variables.");
    }

    public void AddMissing(ModelPlace place)
    {
        var name = place.ToString();
        _missing ??= [];
        if (_missing.Count < MaxMissing && !_missing.ContainsKey(name))
            _missing.Add(name, new MissingVariable(name, place.PointerIn(this)));
    }

    private bool InTime()
    {
        _nextClockReading = _steps + StepsBetweenClockReadings;
        return clock.GetElapsedTime(_started) <= limits.MaxTime;
    }
}

/// <summary>What an each block stands at.</summary>
internal readonly record struct Frame(TemplateValue Value, int Index, int Count, string? Key);
