using System.Text;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Exercise;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Progress;

/// <summary>Knows how far a student is and what would bring them on.</summary>
/// <param name="store">What they have done.</param>
/// <param name="curriculum">The topics.</param>
/// <param name="exercises">The exercises.</param>
public sealed class ProgressAgent(MasteryStore store, Curriculum curriculum, ExerciseLibrary exercises) : IAgent
{
    /// <inheritdoc />
    public async Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation)
    {
        var progress = await store.ReadAsync(question.Student);
        var report = progress.Report(curriculum, exercises);
        return new AgentAnswer(Describe(report, progress)) { Progress = report };
    }

    private string Describe(ProgressReport report, StudentProgress progress)
    {
        var started = report.Topics.Where(topic => topic.Percent > 0).ToList();
        var text = new StringBuilder();
        if (started.Count == 0)
        {
            text.Append("You have not handed in any practice yet, so there is nothing to measure. That is a fine place to start.");
        }
        else
        {
            text.Append($"You are at **{report.Overall} %** over the whole course");
            text.Append(report.StreakDays > 1 ? $", with practice on {report.StreakDays} days in a row.\n" : ".\n");
            text.Append("\n| Topic | Mastery | Level |\n|---|---|---|\n");
            foreach (var topic in report.Topics)
            {
                text.Append($"| {topic.Title} | {topic.Percent} % | {topic.Level.ToString().ToLowerInvariant()} |\n");
            }
        }

        // The first topic that is not at home yet, for the topics build on each other.
        var next = report.Topics.FirstOrDefault(topic => topic.Level < MasteryLevel.Proficient);
        var exercise = next is null ? null
            : exercises.Of(next.Topic).FirstOrDefault(candidate => !progress.HasSolved(candidate.Task.Id));
        if (exercise is not null)
        {
            text.Append($"\n\n**Next for you:** {next!.Title}. Try the exercise *{exercise.Task.Title}*: ");
            text.Append($"ask me to *give me an exercise on {next.Title.ToLowerInvariant()}*.");
        }
        else if (next is not null)
        {
            text.Append($"\n\n**Next for you:** the quiz on {next.Title}; you have solved all of its exercises.");
        }
        else
        {
            text.Append("\n\nYou are proficient in every topic. A project of your own would be the best next step.");
        }

        return text.ToString();
    }
}
