using LearnFlow.ServiceDefaults.Contracts;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>What is shipped is what the repository makes.</summary>
[Collection(AllCoresCollection.Name)]
public sealed class ShippedModelTests : IDisposable
{
    private const int MostBytes = 2_000_000;

    private static readonly string ModelFileName = Path.Combine(SkillLibrary.Folder, SkillLibrary.ModelFileName);

    private readonly string _trained = Path.GetTempFileName();

    public void Dispose() => File.Delete(_trained);

    [Fact]
    public void The_committed_model_is_what_train_makes_of_the_committed_library()
    {
        // Asked first: of all that may differ, this tells what to do.
        Assert.True(
            ModelFile.Read(ModelFileName).Source == Corpus.FingerprintOf(SkillLibrary.Folder),
            "the library changed since the model was trained: run \"train --data LearnFlow.Triage/Skills/Library --model LearnFlow.Triage/Skills/Library/intents.model\"");

        ModelFile.Write(_trained, SkillTrainer.Train(SkillLibrary.Folder));

        Assert.True(File.ReadAllBytes(ModelFileName).AsSpan().SequenceEqual(File.ReadAllBytes(_trained)), "train makes other bytes");
    }

    [Fact]
    public void The_committed_model_is_small() => Assert.InRange(new FileInfo(ModelFileName).Length, 1, MostBytes);

    [Fact]
    public void The_corpus_has_enough_messages_of_every_kind()
    {
        var counts = Shipped.Corpus.CountBy(message => message.Label).ToDictionary();

        Assert.Equal(Enum.GetValues<Intent>().Length, counts.Count);
        Assert.All(counts, count => Assert.True(count.Value >= (count.Key == LabelledMessage.OutOfScope ? 600 : 300), $"{count}"));
    }

    [Fact]
    public void No_message_of_the_corpus_is_there_twice() => Assert.Empty(
        Shipped.Corpus.CountBy(message => message.Text).Where(count => count.Value > 1).Select(count => count.Key));
}
