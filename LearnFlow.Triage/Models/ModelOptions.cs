using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Models;

/// <summary>The optional language model.</summary>
public sealed class ModelOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Models";

    /// <summary>OpenAI, or a server that speaks as it does.</summary>
    public const string OpenAi = "openai";

    /// <summary>Ollama, by its own API.</summary>
    public const string Ollama = "ollama";

    /// <summary>The longest that a student waits for a model.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(2);

    /// <summary><c>openai</c> or <c>ollama</c>; no model is asked where none is named.</summary>
    public string? Provider { get; set; }

    /// <summary>
    /// Where the model is: <c>https://host/v1</c> of a server that speaks as OpenAI does, <c>http://host:11434</c> of
    /// Ollama. Unless set, OpenAI itself or Ollama on this machine.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>The model; unless set, a small one that the provider has.</summary>
    public string? Name { get; set; }

    /// <summary>The key, sent as a bearer token; OpenAI itself is not asked without one.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The time that a model has for its answer, 2 s unless set, and at most that.</summary>
    public TimeSpan Timeout { get; set; } = LongestTimeout;

    internal bool IsOllama => Is(Provider, Ollama);

    /// <summary>Whether there is a model to ask.</summary>
    internal bool IsOn => IsOllama || (Is(Provider, OpenAi) && (HasText(ApiKey) || HasText(Endpoint)));

    internal static bool HasText(string? value) => !string.IsNullOrWhiteSpace(value);

    internal static bool Is(string? provider, string name) => string.Equals(provider, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Refuses to start with settings that no model could be asked by. No sentence repeats a value: it may be a secret.</summary>
internal sealed class ModelOptionsCheck : IValidateOptions<ModelOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelOptions options)
    {
        List<string> failures = [];
        if (ModelOptions.HasText(options.Provider)
            && !options.IsOllama
            && !ModelOptions.Is(options.Provider, ModelOptions.OpenAi))
        {
            failures.Add($"Models:Provider must be {ModelOptions.OpenAi} or {ModelOptions.Ollama}, or be left out to ask no model.");
        }

        if (ModelOptions.HasText(options.Endpoint)
            && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint)
                && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps)
                && endpoint.UserInfo.Length == 0))
        {
            failures.Add("Models:Endpoint must be an http or https address without a password, such as http://localhost:11434; a key goes into Models:ApiKey.");
        }

        if (options.ApiKey?.Any(letter => letter is < '!' or > '~') == true)
        {
            failures.Add("Models:ApiKey has a space, a line break or a letter that no key has; paste it again.");
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > ModelOptions.LongestTimeout)
        {
            failures.Add($"Models:Timeout must be more than 0 and at most {ModelOptions.LongestTimeout:c}, such as 00:00:01.5.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
