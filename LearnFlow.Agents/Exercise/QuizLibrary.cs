using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Agents.Exercise;

/// <summary>A question with its answer.</summary>
public sealed class AnsweredQuestion
{
    /// <summary>Its id within the quiz.</summary>
    public required string Id { get; init; }

    /// <summary>The question, in Markdown.</summary>
    public required string Question { get; init; }

    /// <summary>What to choose from.</summary>
    public required List<string> Choices { get; init; }

    /// <summary>The right one of the choices.</summary>
    public required string Answer { get; init; }

    /// <summary>Why it is right.</summary>
    public required string Why { get; init; }
}

/// <summary>A topic's quiz with its answers.</summary>
public sealed class TopicQuiz
{
    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Its questions.</summary>
    public required List<AnsweredQuestion> Questions { get; init; }

    /// <summary>The quiz as a student gets it.</summary>
    /// <param name="topic">The topic's id.</param>
    public Quiz WithoutAnswers(string topic) => new(
        topic, Title, [.. Questions.Select(question => new QuizQuestion(question.Id, question.Question, question.Choices))]);
}

/// <summary>The quiz of each topic, read from <c>Content/quizzes</c>.</summary>
public sealed class QuizLibrary
{
    private readonly Dictionary<string, TopicQuiz> _byTopic;

    private QuizLibrary(Dictionary<string, TopicQuiz> byTopic) => _byTopic = byTopic;

    /// <summary>Reads the quizzes.</summary>
    /// <param name="curriculum">The topics; a file is named for its topic.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static QuizLibrary Load(Curriculum curriculum) => new(
        ContentFile.In("quizzes", ".yaml").ToDictionary(
            file => curriculum.Require(ContentFile.Id(file), file).Id,
            file =>
            {
                var quiz = YamlFile.Read<TopicQuiz>(file);
                return quiz.Questions.FirstOrDefault(question => !question.Choices.Contains(question.Answer)) is { } wrong
                    ? throw YamlFile.Wrong(file, wrong.Answer, $"the answer of \"{wrong.Id}\" is none of its choices")
                    : quiz;
            }));

    /// <summary>The quiz of a topic, or null.</summary>
    /// <param name="topic">The topic's id.</param>
    public TopicQuiz? Find(string topic) => _byTopic.GetValueOrDefault(topic);
}
