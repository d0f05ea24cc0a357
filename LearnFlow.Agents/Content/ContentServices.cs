using LearnFlow.Agents.Concepts;
using LearnFlow.Agents.Debug;
using LearnFlow.Agents.Exercise;
using LearnFlow.Agents.Review;

namespace LearnFlow.Agents.Content;

/// <summary>Reads all content before the service starts, so that a wrong file ends it with a sentence.</summary>
internal static class ContentServices
{
    public static void AddContent(this WebApplicationBuilder builder)
    {
        var curriculum = Curriculum.Load();
        builder.Services.AddSingleton(curriculum);
        var concepts = ConceptLibrary.Load(curriculum);
        builder.Services.AddSingleton(concepts);
        builder.Services.AddSingleton(ExerciseLibrary.Load(curriculum, concepts));
        builder.Services.AddSingleton(QuizLibrary.Load(curriculum));
        var errors = ErrorLibrary.Load(concepts);
        builder.Services.AddSingleton(errors);
        builder.Services.AddSingleton(HintLibrary.Load(errors));
        builder.Services.AddSingleton(LintRules.Load());
    }
}
