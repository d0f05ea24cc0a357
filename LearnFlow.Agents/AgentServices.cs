using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Progress;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review;
using LearnFlow.Agents.Review.Ruff;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents;

/// <summary>Which services and routes each role brings.</summary>
internal static partial class AgentServices
{
    public static void AddAgents(this WebApplicationBuilder builder, AgentRoles roles)
    {
        builder.Services.AddOptions<SandboxOptions>()
            .BindConfiguration(SandboxOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<AgentMetrics>();
        builder.Services.AddSingleton<ModuleCache>();
        builder.Services.AddSingleton<PythonRuntime>();
        builder.Services.AddSingleton<Sandbox>();
        if (roles.Has(AgentRole.Debug) || roles.Has(AgentRole.Exercise))
        {
            builder.Services.AddHostedService(services => services.GetRequiredService<PythonRuntime>());
        }

        builder.Services.AddSingleton<RuffLinter>();
        builder.Services.AddSingleton<CodeReviewer>();
        if (roles.Has(AgentRole.Review) || roles.Has(AgentRole.Exercise) || roles.Has(AgentRole.Debug))
        {
            builder.Services.AddHostedService(services => services.GetRequiredService<RuffLinter>());
        }

        builder.Services.AddSingleton<MasteryStore>();
        builder.Services.AddSingleton<DebugConversations>();
        builder.Services.AddSingleton<HintLadder>();
        builder.Services.AddSingleton<ProgramRun>();
        builder.Services.AddSingleton<DebugAgent>();
        builder.Services.AddSingleton<ConceptsAgent>();
        builder.Services.AddSingleton<ExerciseAgent>();
        builder.Services.AddSingleton<Grading>();
        builder.Services.AddSingleton<ProgressAgent>();
        builder.Services.AddSingleton<ReviewAgent>();
    }

    public static void MapAgents(this WebApplication app, AgentRoles roles)
    {
        foreach (var role in roles.Served)
        {
            var routes = app.MapGroup(role.Name);
            if (role == AgentRole.Debug)
            {
                routes.MapAnswer<DebugAgent>(role);
            }
            else if (role == AgentRole.Concepts)
            {
                routes.MapAnswer<ConceptsAgent>(role);
            }
            else if (role == AgentRole.Exercise)
            {
                routes.MapAnswer<ExerciseAgent>(role);
                routes.MapPractice();
            }
            else if (role == AgentRole.Progress)
            {
                routes.MapAnswer<ProgressAgent>(role);
                routes.MapProgress();
            }
            else if (role == AgentRole.Review)
            {
                routes.MapAnswer<ReviewAgent>(role);
            }
        }
    }

    private static void MapAnswer<TAgent>(this RouteGroupBuilder routes, AgentRole role)
        where TAgent : IAgent =>
        routes.MapPost(AgentRoutes.Answer, async (
            AgentQuestion question, TAgent agent, AgentMetrics metrics, TimeProvider time, ILogger<TAgent> logger,
            CancellationToken cancellation) =>
        {
            var started = time.GetTimestamp();
            var answer = await agent.AnswerAsync(question, cancellation);
            var elapsed = time.GetElapsedTime(started);
            metrics.Answered(role, elapsed);
            LogAnswered(logger, elapsed.TotalMilliseconds);
            return answer;
        });

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answered in {Milliseconds} ms")]
    private static partial void LogAnswered(ILogger logger, double milliseconds);
}
