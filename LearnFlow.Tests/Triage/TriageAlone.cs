using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Tests.Integration;
using Microsoft.AspNetCore.Builder;

namespace LearnFlow.Tests.Triage;

/// <summary>Triage without Redis or agents, for what it does at its start and by itself.</summary>
internal static class TriageAlone
{
    public static async Task<WebApplication> StartAsync(string environment, params string[] settings)
    {
        var triage = global::LearnFlow.Triage.Program.Create(
        [
            $"--environment={environment}",
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--{Topology.RedisSetting}=127.0.0.1:{Tools.FreePort()}",
            .. settings,
        ]);
        try
        {
            await triage.StartAsync();
            return triage;
        }
        catch
        {
            await triage.DisposeAsync();
            throw;
        }
    }
}
