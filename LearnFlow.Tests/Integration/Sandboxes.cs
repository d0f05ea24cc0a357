using LearnFlow.Agents.Python;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>Waits for the sandbox, which compiles its interpreter once on a machine, or says that there is none.</summary>
internal static class Sandboxes
{
    public static async Task<Sandbox> RequireAsync<TRedis>(LearnFlowStack<TRedis> stack)
        where TRedis : RedisUnderTest, new()
    {
        try
        {
            await stack.AgentServices.GetRequiredService<PythonRuntime>().GetAsync(TestContext.Current.CancellationToken);
        }
        catch (SandboxUnavailableException exception)
        {
            Tools.RequireThat(false, exception.Message);
        }

        return stack.AgentServices.GetRequiredService<Sandbox>();
    }
}
