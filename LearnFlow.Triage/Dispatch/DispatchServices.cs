using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Dispatch;

/// <summary>What brings a message to its answer.</summary>
internal static class DispatchServices
{
    public static void AddTutor(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, TriageJson.Default));
        services.AddSingleton(SkillLibrary.Load());
        services.AddAgentHttp();
        services.AddSingleton<TriageMetrics>();
        services.AddSingleton<MessageStore>();
        services.AddSingleton<Tutor>();
        services.AddHealthChecks().AddCheck<AgentsKnownCheck>(AgentsKnownCheck.Name);
    }
}
