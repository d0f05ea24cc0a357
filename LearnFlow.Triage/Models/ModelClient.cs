using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using OpenAI.Chat;

namespace LearnFlow.Triage.Models;

/// <summary>Makes the client of the language model that is configured.</summary>
internal static class ModelClient
{
    private const string DefaultOpenAiModel = "gpt-4.1-nano";
    private const string DefaultOllamaModel = "llama3.2";
    private const string DefaultOllamaEndpoint = "http://localhost:11434";

    /// <summary>The client, or null where no model is to be asked.</summary>
    /// <param name="options">Valid options.</param>
    public static IChatClient? Create(ModelOptions options)
    {
        if (!options.IsOn)
        {
            return null;
        }

        var http = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            // The key is for this address and no other.
            AllowAutoRedirect = false,
        });
        return options.IsOllama ? CreateOllama(options, http) : CreateOpenAi(options, http);
    }

    private static IChatClient CreateOpenAi(ModelOptions options, HttpClient http)
    {
        var client = new OpenAIClientOptions
        {
            Transport = new HttpClientPipelineTransport(http),
            // Within two seconds there is no time for a second try.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        };
        if (ModelOptions.HasText(options.Endpoint))
        {
            client.Endpoint = new Uri(options.Endpoint!);
        }

        // The client insists on a key; servers at home ask for none.
        var key = ModelOptions.HasText(options.ApiKey) ? options.ApiKey! : "none";
        return new ChatClient(options.Name ?? DefaultOpenAiModel, new ApiKeyCredential(key), client).AsIChatClient();
    }

    private static OllamaApiClient CreateOllama(ModelOptions options, HttpClient http)
    {
        // With the slash, what the client appends does not replace the last part of the path.
        http.BaseAddress = new Uri((options.Endpoint ?? DefaultOllamaEndpoint).TrimEnd('/') + "/");
        if (ModelOptions.HasText(options.ApiKey))
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }

        return new OllamaApiClient(http, options.Name ?? DefaultOllamaModel);
    }
}
