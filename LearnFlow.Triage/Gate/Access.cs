using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LearnFlow.Triage.Gate;

/// <summary>Who may call a route: said on its group. A route that says nothing needs a token, and fails a test.</summary>
internal static class Access
{
    /// <summary>Anyone with a token, for what is their own.</summary>
    public const string Learner = nameof(Learner);

    /// <summary>Teachers, and admins.</summary>
    public const string Teacher = nameof(Teacher);

    /// <summary>Admins.</summary>
    public const string Admin = nameof(Admin);

    public static void AddAccess(this IServiceCollection services)
    {
        // The framework makes these anew for each request, though they hold nothing of it.
        services.AddSingleton<IPolicyEvaluator, PolicyEvaluator>();
        services.AddSingleton<IAuthorizationService, DefaultAuthorizationService>();
        services.AddSingleton<IAuthorizationHandlerProvider, DefaultAuthorizationHandlerProvider>();
        services.AddSingleton<IAuthorizationHandlerContextFactory, DefaultAuthorizationHandlerContextFactory>();
        services.AddSingleton<IAuthorizationEvaluator, DefaultAuthorizationEvaluator>();
        services.AddAuthorizationBuilder()
            .AddPolicy(Learner, policy => policy.RequireRole(Roles.All))
            .AddPolicy(Teacher, policy => policy.RequireRole(Roles.Teacher, Roles.Admin))
            .AddPolicy(Admin, policy => policy.RequireRole(Roles.Admin))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}
