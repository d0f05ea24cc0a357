using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Audit;

/// <summary>What is put on record, and where.</summary>
internal static class AuditServices
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptions.Check>();
        services.AddSingleton<AuditKeys>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<AuditSpool>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<Auditor>();
        services.AddSingleton<StudentData>();
    }
}
