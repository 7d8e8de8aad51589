using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mail.Integrations;

/// <summary>Reading and checking <c>ConnectionStrings:&lt;name&gt;</c>: a missing or malformed one stops the host at start and names the key.</summary>
internal static class ConnectionStringOptions
{
    public static OptionsBuilder<T> ReadConnectionString<T>(this OptionsBuilder<T> options, string name, Action<T, string?> set) where T : class =>
        options.Configure<IConfiguration>((target, configuration) => set(target, configuration.GetConnectionString(name)));

    /// <param name="options">The named options.</param>
    /// <param name="name">The connection name.</param>
    /// <param name="get">Reads the connection string.</param>
    /// <param name="check">Says what is wrong with it, or null. The answer must not contain secrets.</param>
    public static void ValidateConnectionString<T>(this OptionsBuilder<T> options, string name, Func<T, string?> get, Func<string, string?> check)
        where T : class
    {
        options.Services.AddSingleton<IValidateOptions<T>>(new Validator<T>(name, get, check));
        options.ValidateOnStart();
    }

    private sealed class Validator<T>(string name, Func<T, string?> get, Func<string, string?> check) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? optionsName, T options)
        {
            if (optionsName != name) return ValidateOptionsResult.Skip;
            if (get(options) is not { Length: > 0 } value)
                return ValidateOptionsResult.Fail($"Connection string '{name}' is missing. Set 'ConnectionStrings:{name}' (environment: ConnectionStrings__{name}).");
            return check(value) is { } problem
                ? ValidateOptionsResult.Fail($"Connection string 'ConnectionStrings:{name}' cannot be used: {problem}.")
                : ValidateOptionsResult.Success;
        }
    }
}
