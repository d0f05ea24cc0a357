using LearnFlow.Triage.Gate;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Endpoints;

/// <summary>All routes of version 1.</summary>
internal static class Api
{
    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.MapTriage();
        api.MapPractice();
        if (app.Environment.IsDevelopment()
            && SessionEndpoints.CanSign(app.Services.GetRequiredService<IOptions<TokenOptions>>().Value))
        {
            api.MapSession();
        }

        var admin = api.MapGroup("/admin").WithTags("Admin").RequireAuthorization(Access.Admin);
        admin.MapFlags();
        admin.MapTokens();
        admin.MapAudit();
        admin.MapStudentData();
        admin.MapCache();
        admin.MapDeadLetters();
    }
}
