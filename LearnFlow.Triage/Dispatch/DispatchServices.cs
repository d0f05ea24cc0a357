using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Dispatch.Queue;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Dispatch;

/// <summary>What brings a message to its answer.</summary>
internal static class DispatchServices
{
    /// <exception cref="StartupException">Dapr's port is none.</exception>
    public static void AddTutor(this WebApplicationBuilder builder)
    {
        DaprSidecar.Check(builder.Configuration);
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, TriageJson.Default));
        var skills = SkillLibrary.Load();
        // Compiled before the first student waits for it.
        skills.Decide(new StudentMessage("what is a list?", "x = 1", "NameError: name 'x' is not defined"));
        services.AddSingleton(skills);
        services.AddAgentHttp();
        services.AddSingleton<TriageMetrics>();
        services.AddSingleton<MessageStore>();
        services.AddSingleton<Conversations>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<StudentLevels>();
        services.AddSingleton<Specialists>();
        services.AddSingleton<Claims>();
        services.AddSingleton<AnswerFollower>();
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WaitingMessages>();
        services.AddSingleton<Delivery>();
        services.AddHostedService<DeliveryWorker>();
        services.AddSingleton<Tutor>();
        services.AddHealthChecks().AddCheck<AgentsKnownCheck>(AgentsKnownCheck.Name);
    }
}
