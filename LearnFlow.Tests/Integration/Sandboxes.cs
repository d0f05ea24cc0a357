using LearnFlow.Agents.Python;
using Microsoft.Extensions.DependencyInjection;

namespace LearnFlow.Tests.Integration;

/// <summary>Waits for the sandbox, which compiles its interpreter once on a machine, or says that there is none.</summary>
internal static class Sandboxes
{
    /// <summary>Where the compiled interpreter is, for whoever has a data folder of their own.</summary>
    public static string Cache => Path.Combine(
        ServiceDefaults.DataFolder.Root(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()), "sandbox");

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
