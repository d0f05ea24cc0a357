namespace LearnFlow.Triage.Gate;

/// <summary>What stands between a caller and the routes.</summary>
internal static class GateServices
{
    public static void AddGate(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AskRules.LargestBody;
        });
        builder.AddTokens();
    }

    public static void UseGate(this WebApplication app)
    {
        app.UseArrival();
        app.UseBodyLimit();
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
