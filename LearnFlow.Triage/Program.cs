using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Commands;
using LearnFlow.Triage.Dispatch;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using LearnFlow.Triage.Models;

namespace LearnFlow.Triage;

/// <summary>The front door: gate, skills, dispatch.</summary>
public static class Program
{
    /// <summary>Builds the service.</summary>
    /// <param name="args">Settings as <c>--key=value</c>.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults(Topology.Triage);
        builder.AddFlags();
        builder.AddGate();
        builder.Services.AddAudit();
        builder.Services.AddModels();
        builder.AddTutor();
        builder.Services.AddApiDescription();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseFlags();
        app.UseDoor();
        app.UsePage();
        app.UseGate();
        app.MapMetrics()?.WithFlag(Flag.EnablePrometheusMetrics);
        app.MapApiDescription();
        app.MapApi();
        return app;
    }

    private static Task<int> Main(string[] args) => TriageCommands.AreIn(args)
        ? TriageCommands.RunAsync(args)
        : ServiceProgram.RunAsync(() => Create(args));
}
