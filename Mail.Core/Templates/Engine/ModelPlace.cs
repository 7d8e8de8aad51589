using System.Globalization;
using System.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>
/// Where in the model a path leads, as far as the template alone tells: names, and <c>[]</c> for each item of a list
/// that an each block goes through.
/// </summary>
/// <param name="Frame">For an item: which each block goes through the list, counted from the outermost, from 1.</param>
internal sealed record ModelPlace(ModelPlace? Parent, string? Name, int Frame)
{
    public static readonly ModelPlace Root = new(null, null, 0);

    public bool IsItem => Frame > 0;

    public ModelPlace Member(string name) => new(this, name, 0);

    public ModelPlace Item(int frame) => new(this, null, frame);

    /// <summary><c>order.items[].price</c>.</summary>
    public override string ToString()
    {
        if (Parent is null)
            return "this";
        var text = new StringBuilder();
        foreach (var place in Steps())
        {
            if (place.IsItem)
                text.Append("[]");
            else
                text.Append(text.Length > 0 ? "." : "").Append(place.Name);
        }
        return text.ToString();
    }

    /// <summary><c>/order/items/3/price</c>, with the current rounds of the each blocks.</summary>
    public string PointerIn(RenderState state)
    {
        var text = new StringBuilder();
        foreach (var place in Steps())
        {
            text.Append('/');
            if (!place.IsItem)
                text.Append(place.Name!.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            else if (state.FrameAt(place.Frame) is { Key: { } key })
                text.Append(key);
            else
                text.Append(CultureInfo.InvariantCulture, $"{state.FrameAt(place.Frame).Index}");
        }
        return text.ToString();
    }

    /// <summary>From the root.</summary>
    public List<ModelPlace> Steps()
    {
        var steps = new List<ModelPlace>();
        for (var place = this; place?.Parent is not null; place = place.Parent)
            steps.Add(place);
        steps.Reverse();
        return steps;
    }
}
