using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Models;

/// <summary>Who decides: the skill library, and the language model where one is configured.</summary>
internal static class ModelServices
{
    public static void AddModels(this IServiceCollection services)
    {
        services.AddOptions<ModelOptions>().BindConfiguration(ModelOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelOptionsCheck>();
        // Made now, so that it has loaded when the first message comes.
        services.AddSingleton(new TokenCounter());
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<Router>();
    }
}
