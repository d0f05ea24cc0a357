using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Progress;

/// <summary>The routes of the progress role beside its answer.</summary>
internal static class ProgressEndpoints
{
    public static void MapProgress(this RouteGroupBuilder routes) => routes.MapGet(AgentRoutes.Progress, ReadAsync);

    private static async Task<ProgressReport> ReadAsync(
        string student, MasteryStore store, Curriculum curriculum, ExerciseLibrary exercises) =>
        (await store.ReadAsync(AgentRoutes.Parameter(student))).Report(curriculum, exercises);
}
