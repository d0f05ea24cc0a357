using LearnFlow.Agents.Content;
using LearnFlow.Agents.Python;
using LearnFlow.Agents.Review.Ruff;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents;

/// <summary>The specialists: the roles named in <c>Agents:Roles</c>, all five where none is named.</summary>
public static class Program
{
    /// <summary>Builds the service.</summary>
    /// <param name="args">Settings as <c>--key=value</c>.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var roles = AgentRoles.Read(builder.Configuration);
        builder.AddServiceDefaults(roles.ServiceName);
        builder.AddContent();
        builder.AddAgents(roles);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapMetrics();
        app.MapAgents(roles);
        return app;
    }

    private static Task<int> Main(string[] args) => args is [PythonRuntime.PrepareCommand]
        ? ServiceProgram.RunAsync(() => Task.Run(() =>
        {
            PythonRuntime.PrepareBesideProgram();
            RuffLinter.PrepareBesideProgram();
        }))
        : ServiceProgram.RunAsync(() => Create(args));
}
