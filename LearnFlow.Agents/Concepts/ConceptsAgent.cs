using System.Text;
using LearnFlow.Agents.Content;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Python;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Concepts;

/// <summary>Explains ideas: finds the concept that a message speaks of and gives its lesson.</summary>
/// <param name="concepts">The lessons.</param>
/// <param name="errors">What stands behind errors.</param>
/// <param name="curriculum">The topics, for those who name none.</param>
public sealed class ConceptsAgent(ConceptLibrary concepts, ErrorLibrary errors, Curriculum curriculum) : IAgent
{
    /// <inheritdoc />
    public Task<AgentAnswer> AnswerAsync(AgentQuestion question, CancellationToken cancellation) =>
        Task.FromResult(Answer(question));

    private AgentAnswer Answer(AgentQuestion question)
    {
        if (BehindError(question.Error) is { } behind)
        {
            return Explain(behind, []);
        }

        var named = concepts.In(question.Query).Take(2).ToList();
        if (named.Count > 0)
        {
            return Explain(named[0], named.Skip(1));
        }

        var used = ConceptsInCode.Find(question.Code ?? question.Query)
            .Select(concepts.Find)
            .OfType<Concept>()
            .ToList();
        return used.Count > 0 ? DescribeCode(used) : Offer();
    }

    /// <summary>The idea behind an error that came with the question; null where none did, or nobody knows it.</summary>
    private Concept? BehindError(string? error) =>
        error is not null && (Traceback.Find(error)?.Exception ?? Traceback.FindName(error)) is { } exception
        && errors.Explain(exception, "").Concept is { } id
            ? concepts.Find(id)
            : null;

    private AgentAnswer Explain(Concept concept, IEnumerable<Concept> also)
    {
        var text = new StringBuilder($"## {concept.Title}\n\n{concept.Lesson}");
        var next = also.Select(other => other.Title)
            .Concat(concept.See.Select(id => concepts.Find(id)!.Title))
            .Distinct()
            .ToList();
        if (next.Count > 0)
        {
            text.Append($"\n\nRelated, if you like to go on: {string.Join(", ", next)}.");
        }

        return new AgentAnswer(text.ToString())
        {
            Concept = new(concept.Id, concept.Title, concept.Topic, concept.See),
        };
    }

    /// <summary>For "explain this code": what the code is built from, each with the first words of its lesson.</summary>
    private static AgentAnswer DescribeCode(List<Concept> used)
    {
        var text = new StringBuilder("Here is what your code is built from:\n");
        foreach (var concept in used)
        {
            text.Append($"\n- **{concept.Title}**: {FirstParagraph(concept.Lesson)}");
        }

        text.Append("\n\nAsk me about any of them, and I will explain it with an example that you can run.");
        var first = used[0];
        return new AgentAnswer(text.ToString())
        {
            Concept = new(first.Id, first.Title, first.Topic, first.See),
        };
    }

    private AgentAnswer Offer()
    {
        var text = new StringBuilder(
            "I could not find the idea that you are asking about among my lessons. Which of these is nearest?\n");
        foreach (var topic in curriculum.Topics)
        {
            var titles = concepts.All.Where(concept => concept.Topic == topic.Id).Select(concept => concept.Title);
            text.Append($"\n- **{topic.Title}**: {string.Join(", ", titles)}");
        }

        text.Append("\n\nAsk for one by its name, for example *what is a dictionary?*");
        return new AgentAnswer(text.ToString());
    }

    private static string FirstParagraph(string lesson) =>
        lesson.Split("\n\n", 2)[0].ReplaceLineEndings(" ");
}
