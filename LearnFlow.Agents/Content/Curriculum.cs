using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Content;

/// <summary>A topic of the curriculum.</summary>
public sealed class Topic
{
    /// <summary>Its id, such as <c>control-flow</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>How learners call it.</summary>
    public required List<string> Names { get; init; }
}

/// <summary>The topics that LearnFlow teaches, in the order in which they are learned.</summary>
public sealed class Curriculum
{
    /// <summary>The topics, in order.</summary>
    public required List<Topic> Topics { get; init; }

    /// <summary>Reads <c>curriculum.yaml</c>.</summary>
    /// <exception cref="StartupException">It does not fit.</exception>
    public static Curriculum Load() => YamlFile.Read<Curriculum>(ContentFile.In("", ".yaml").Single());

    /// <summary>The topic with an id, or null.</summary>
    /// <param name="id">The id.</param>
    public Topic? Find(string id) => Topics.FirstOrDefault(topic => topic.Id == id);

    /// <summary>Refuses a topic that there is not.</summary>
    /// <param name="id">The topic that a file names.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="StartupException">There is no such topic.</exception>
    public Topic Require(string id, string file) => Find(id) ?? throw YamlFile.Wrong(
        file, id, $"its topic \"{id}\" is none of {string.Join(", ", Topics.Select(topic => topic.Id))}");
}
