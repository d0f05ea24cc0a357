using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LearnFlow.Triage.Gate.Limits;

/// <summary>How much a caller may send in any 60 seconds.</summary>
public sealed class RateLimitOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "RateLimit";

    private const int Most = 100_000;
    private const string Wrong = "RateLimit:{0} must be {1} to {2}.";

    /// <summary>Messages of a student, 1 to 100,000; 100 unless set.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int PerMinute { get; set; } = 100;

    /// <summary>Messages of those in a role, where they may send another number than students: <c>RateLimit:Roles:teacher</c>.</summary>
    public Dictionary<string, int> Roles { get; } = [];

    /// <summary>Programs that a student runs; 30 unless set, since each may take a core for five seconds.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int RunsPerMinute { get; set; } = 30;

    /// <summary>Solutions and quizzes that a student hands in; 30 unless set.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int SubmissionsPerMinute { get; set; } = 30;

    /// <summary>Everything else that somebody with a token asks for; 600 unless set.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int OtherPerMinute { get; set; } = 600;

    /// <summary>Demo sign-ins from an address; 120 unless set, for a class behind one address.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int SignInsPerMinute { get; set; } = 120;

    /// <summary>Calls from an address without a token that is accepted; 300 unless set.</summary>
    [Range(1, Most, ErrorMessage = Wrong)]
    public int AnonymousPerMinute { get; set; } = 300;

    /// <summary>Messages that somebody in a role may send.</summary>
    /// <param name="role">The role.</param>
    public int MessagesPerMinute(string role) => Roles.TryGetValue(role, out var perMinute) ? perMinute : PerMinute;

    /// <summary>Checks what the attributes cannot.</summary>
    internal sealed class Check : IValidateOptions<RateLimitOptions>
    {
        public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
        {
            var failures = options.Roles
                .Where(role => !Gate.Roles.All.Contains(role.Key) || role.Value is < 1 or > Most)
                .Select(role => $"RateLimit:Roles:{role.Key} must be {string.Join(", ", Gate.Roles.All.Order())}, with 1 to {Most}.")
                .ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
