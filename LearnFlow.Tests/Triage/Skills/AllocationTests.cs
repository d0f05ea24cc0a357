using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Judging leaves nothing for the garbage collector, so that it takes the same time whatever came before.</summary>
public sealed class AllocationTests
{
    private static readonly SkillLibrary Skills = SkillLibrary.Load();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_of_the_corpus_is_judged_without_allocating(bool useModel)
    {
        var messages = Corpus.Read(SkillLibrary.Folder).ConvertAll(message => new StudentMessage(message.Text));
        JudgeAll();
        var before = GC.GetAllocatedBytesForCurrentThread();

        JudgeAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void JudgeAll()
        {
            foreach (var message in messages)
            {
                Skills.Judge(message, useModel);
            }
        }
    }
}
