using LearnFlow.Agents.Content;
using LearnFlow.ServiceDefaults;

namespace LearnFlow.Agents.Concepts;

/// <summary>A concept with its lesson.</summary>
/// <param name="Id">Its id, the file's name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Topic">The topic that it belongs to.</param>
/// <param name="See">Ids of related concepts.</param>
/// <param name="Lesson">The lesson, in Markdown.</param>
public sealed record Concept(string Id, string Title, string Topic, IReadOnlyList<string> See, string Lesson);

/// <summary>All concepts that LearnFlow explains, read from <c>Content/concepts</c>.</summary>
public sealed class ConceptLibrary
{
    private readonly Dictionary<string, Concept> _byId;
    private readonly PhraseIndex<Concept> _byName;

    private ConceptLibrary(Dictionary<string, Concept> byId, PhraseIndex<Concept> byName) =>
        (_byId, _byName) = (byId, byName);

    /// <summary>All of them, in the order of their ids.</summary>
    public IReadOnlyCollection<Concept> All => _byId.Values;

    /// <summary>Reads the lessons.</summary>
    /// <param name="curriculum">The topics that they may belong to.</param>
    /// <exception cref="StartupException">A file does not fit.</exception>
    public static ConceptLibrary Load(Curriculum curriculum)
    {
        var files = ContentFile.In("concepts", ".md").ToList();
        var ids = files.Select(ContentFile.Id).ToHashSet();
        var byId = new Dictionary<string, Concept>();
        var owners = new Dictionary<string, Concept>();
        foreach (var file in files)
        {
            var (matter, lesson) = ContentFile.ReadMarkdown<FrontMatter>(file);
            if (matter.See.FirstOrDefault(other => !ids.Contains(other)) is { } unknown)
            {
                throw YamlFile.Wrong(file, unknown, $"it refers to \"{unknown}\", which is no concept");
            }

            var concept = new Concept(
                ContentFile.Id(file), matter.Title, curriculum.Require(matter.Topic, file).Id, matter.See, lesson);
            byId.Add(concept.Id, concept);
            foreach (var name in matter.Names)
            {
                if (!owners.TryAdd(name, concept))
                {
                    throw YamlFile.Wrong(file, name, $"the name \"{name}\" belongs to {owners[name].Id} already");
                }
            }
        }

        return new ConceptLibrary(byId, new(owners.Select(entry => (entry.Key, entry.Value))));
    }

    /// <summary>The concept with an id, or null.</summary>
    /// <param name="id">The id.</param>
    public Concept? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The concepts that a text speaks of, the one with the longest name first.</summary>
    /// <param name="text">Any text.</param>
    public IEnumerable<Concept> In(string text) => _byName.FindAll(text);

    private sealed class FrontMatter
    {
        public required string Title { get; init; }

        public required string Topic { get; init; }

        public required List<string> Names { get; init; }

        public List<string> See { get; init; } = [];
    }
}
