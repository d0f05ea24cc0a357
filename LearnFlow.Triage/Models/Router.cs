using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Endpoints;
using LearnFlow.Triage.Flags;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Triage.Models;

/// <summary>Where a message goes, and what it cost to know.</summary>
/// <param name="Decision">The decision; null where only a model might have decided, and it did not.</param>
/// <param name="Usage">The tokens.</param>
public readonly record struct Routing(Decision? Decision, Usage Usage);

/// <summary>
/// Decides who decides. The skill library first, and the model where that is not sure; with
/// <see cref="Flag.EnableSkillLibrary"/> off, the model alone. Where the model fails, the skill library's reading holds,
/// unless <see cref="Flag.EnableFallbackToSkill"/> is off.
/// </summary>
/// <param name="skills">Decides first.</param>
/// <param name="model">The second opinion.</param>
/// <param name="tokens">Counts what a model would have cost.</param>
/// <param name="flags">What is switched on.</param>
/// <param name="metrics">Counts tokens.</param>
public sealed class Router(
    SkillLibrary skills, ModelRouter model, TokenCounter tokens, FlagState flags, TriageMetrics metrics)
{
    /// <summary>Decides what a message means.</summary>
    /// <param name="message">The message.</param>
    /// <param name="withStudent">Adds what is known of the student, where the message alone does not decide.</param>
    /// <param name="cancellation">The student went away.</param>
    public async ValueTask<Routing> RouteAsync(
        StudentMessage message, Func<StudentMessage, Task<StudentMessage>> withStudent, CancellationToken cancellation)
    {
        var (decision, used) = await DecideAsync(message, withStudent, cancellation);
        var usage = new Usage(used, await tokens.CountAsync(message));
        metrics.Spent(usage, decision?.Best.Intent);
        return new(decision, usage);
    }

    private async ValueTask<(Decision? Decision, int Tokens)> DecideAsync(
        StudentMessage message, Func<StudentMessage, Task<StudentMessage>> withStudent, CancellationToken cancellation)
    {
        var useClassifier = flags.IsOn(Flag.EnableMlClassifier);
        var first = flags.IsOn(Flag.EnableSkillLibrary) ? skills.Decide(message, useClassifier) : null;
        if (first is { Outcome: DecisionOutcome.Clarify })
        {
            message = await withStudent(message);
            first = skills.Decide(message, useClassifier);
        }

        if (first is { Outcome: not DecisionOutcome.Clarify })
        {
            return (first, 0);
        }

        var opinion = flags.IsOn(Flag.EnableOpenAiRouter) ? await model.AskAsync(message, isSecondOpinion: first is not null, cancellation) : default;
        if (opinion.Reading is { } reading)
        {
            return (Settled([reading], DecisionMaker.Model, []), opinion.Tokens);
        }

        var mayFallBack = flags.IsOn(Flag.EnableFallbackToSkill);
        var decision = first switch
        {
            null when mayFallBack => skills.Decide(message, useClassifier) with { By = DecisionMaker.Fallback },
            { } unsure when mayFallBack && opinion.Outcome != ModelOutcome.NotAsked =>
                Settled(unsure.Readings, DecisionMaker.Fallback, unsure.Evidence),
            _ => first,
        };
        return (decision, opinion.Tokens);
    }

    /// <summary>The best reading holds, however sure it is.</summary>
    private static Decision Settled(
        IReadOnlyList<Reading> readings, DecisionMaker by, IReadOnlyList<Evidence> evidence) => new(
            readings[0].Intent == Intent.OutOfScope ? DecisionOutcome.Decline : DecisionOutcome.Answer, by, readings, evidence);
}
