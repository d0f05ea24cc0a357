using LearnFlow.Tests.Integration;
using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Judging leaves nothing for the garbage collector, so that it takes the same time whatever came before.</summary>
public sealed class AllocationTests
{
    private static readonly SkillLibrary Skills = SkillLibrary.Load();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task The_messages_of_the_corpus_are_judged_without_allocating(bool useModel)
    {
        var messages = Corpus.Read(SkillLibrary.Folder).ConvertAll(message => new StudentMessage(message.Text));

        // Once the runtime has compiled the code for good, which it does beside its other work; what it runs until then allocates.
        return Eventually.HoldsAsync("all messages are judged without allocating", () => Task.FromResult(BytesOfAPass() == 0));

        long BytesOfAPass()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var message in messages)
            {
                Skills.Judge(message, useModel);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
