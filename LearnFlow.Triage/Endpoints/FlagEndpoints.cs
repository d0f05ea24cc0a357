using System.Security.Claims;
using LearnFlow.ServiceDefaults;
using LearnFlow.Triage.Audit;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Gate;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LearnFlow.Triage.Endpoints;

/// <summary>All flags.</summary>
/// <param name="Flags">By name.</param>
public sealed record FlagList(IReadOnlyList<FlagView> Flags);

/// <summary>A flag as it stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Enabled">Whether it is on.</param>
/// <param name="Configured">What its setting says, which holds where nobody has switched it.</param>
/// <param name="Override">Who has switched it at run time, when and why; absent where nobody has.</param>
public sealed record FlagView(string Name, bool Enabled, bool Configured, FlagOverride? Override);

/// <summary>To what a flag is switched.</summary>
/// <param name="Enabled">On or off.</param>
/// <param name="Reason">Why, 1 to 500 characters.</param>
public sealed record FlagSwitch(bool? Enabled, string? Reason);

/// <summary>Switch what can be switched, on all replicas.</summary>
internal static class FlagEndpoints
{
    public static void MapFlags(this RouteGroupBuilder admin)
    {
        var flags = admin.MapGroup("/flags");
        flags.MapGet("", List).WithSummary("All flags, and who switched them");
        flags.MapPut("/{name}", SwitchAsync).WithSummary("Switch a flag on all replicas");
        flags.MapDelete("/{name}", ClearAsync).WithSummary("Let a flag be again what its setting says");
    }

    /// <summary>What switching needs.</summary>
    internal sealed record FlagContext(
        FlagOverrides Overrides, FlagOverrideSource Source, FlagState State, IConfiguration Configuration, Auditor Auditor,
        IHostEnvironment Environment, TimeProvider Time, HttpContext Context, ClaimsPrincipal User);

    private static Ok<FlagList> List([AsParameters] FlagContext flags) =>
        TypedResults.Ok(new FlagList([.. Flag.Defaults.Keys.Select(name => View(name, flags))]));

    private static async Task<Results<Ok<FlagView>, ProblemHttpResult>> SwitchAsync(
        string name, FlagSwitch change, [AsParameters] FlagContext flags)
    {
        if (Find(name) is not { } flag)
        {
            return Unknown(name);
        }

        var errors = new Dictionary<string, string[]>();
        if (change.Enabled is null)
        {
            errors["enabled"] = ["is missing; send true or false."];
        }

        AskRules.CheckText(errors, "reason", change.Reason, AskRules.LongestReason, isRequired: true);
        if (errors.Count > 0)
        {
            return TypedResults.Problem(Problems.InvalidInput(errors));
        }

        if (!change.Enabled!.Value && FlagServices.IsFixed(flag, flags.Environment))
        {
            return TypedResults.Problem(Problems.Create(
                ProblemType.FlagFixed, $"{flag} can be switched off in Development alone."));
        }

        await flags.Overrides.SetAsync(
            flag, new FlagOverride(change.Enabled.Value, flags.User.Id(), flags.Time.GetUtcNow(), change.Reason!));
        flags.Auditor.Add(flags.Context, AuditEvent.FlagSwitched, flag, change.Reason, change.Enabled.Value ? "on" : "off");
        return TypedResults.Ok(View(flag, flags));
    }

    private static async Task<Results<Ok<FlagView>, ProblemHttpResult>> ClearAsync(
        string name, [FromQuery] string? reason, [AsParameters] FlagContext flags)
    {
        if (Find(name) is not { } flag)
        {
            return Unknown(name);
        }

        var errors = new Dictionary<string, string[]>();
        AskRules.CheckText(errors, "reason", reason, AskRules.LongestReason, isRequired: false);
        if (errors.Count > 0)
        {
            return TypedResults.Problem(Problems.InvalidInput(errors));
        }

        await flags.Overrides.ClearAsync(flag);
        flags.Auditor.Add(flags.Context, AuditEvent.FlagSwitched, flag, reason, "as configured");
        return TypedResults.Ok(View(flag, flags));
    }

    private static string? Find(string name) =>
        Flag.Defaults.Keys.FirstOrDefault(flag => string.Equals(flag, name, StringComparison.OrdinalIgnoreCase));

    private static ProblemHttpResult Unknown(string name) => TypedResults.Problem(Problems.Create(
        ProblemType.NotFound, $"There is no flag \"{name}\"; the flags are {string.Join(", ", Flag.Defaults.Keys)}."));

    private static FlagView View(string flag, FlagContext flags)
    {
        // The last source that is not the overrides' has the say that they take away.
        var configured = ((IConfigurationRoot)flags.Configuration).Providers
            .Where(provider => provider != flags.Source)
            .Select(provider => provider.TryGet(Flag.SettingOf(flag), out var value) ? value : null)
            .Last(value => value is not null);
        return new(flag, flags.State.IsOn(flag), bool.Parse(configured!), flags.Overrides.Current.GetValueOrDefault(flag));
    }
}
