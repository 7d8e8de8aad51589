using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel
{
    public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IExpressionValue
    {
        private readonly Lazy<string> _value = new(() => callback(null));

        public bool Secret { get; } = secret;

        public string ValueExpression => $"{{{Name}.value}}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(_value.Value);
    }

    public abstract class ParameterDefault
    {
        public abstract void WriteToManifest(Publishing.ManifestPublishingContext context);

        public abstract string GetDefaultValue();
    }

    /// <summary>A random value: letters and digits, and characters that need no escaping in a connection string or URL.</summary>
    public sealed class GenerateParameterDefault : ParameterDefault
    {
        public int MinLength { get; set; } = 22;

        public bool Special { get; set; } = true;

        public override string GetDefaultValue()
        {
            const string Plain = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";
            return RandomNumberGenerator.GetString(Special ? Plain + "-.~_" : Plain, Math.Max(MinLength, 22));
        }

        public override void WriteToManifest(Publishing.ManifestPublishingContext context) =>
            throw new NotSupportedException("This host runs the application; it publishes no manifest.");
    }
}

namespace Aspire.Hosting.Publishing
{
    public sealed class ManifestPublishingContext
    {
        internal ManifestPublishingContext()
        {
        }
    }
}
