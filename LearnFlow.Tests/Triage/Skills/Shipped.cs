using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>What is shipped, read when the first test asks for it.</summary>
internal static class Shipped
{
    public static SkillLibrary Skills { get; } = SkillLibrary.Load();

    public static IReadOnlyList<LabelledMessage> Corpus { get; } = LearnFlow.Triage.Skills.Corpus.Read(SkillLibrary.Folder);

    public static Vocabulary Vocabulary { get; } =
        ModelFile.Read(Path.Combine(SkillLibrary.Folder, SkillLibrary.ModelFileName)).Model.Vocabulary;
}
