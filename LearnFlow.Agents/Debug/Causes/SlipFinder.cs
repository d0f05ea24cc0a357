using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug.Causes;

/// <summary>Finds the slips of beginners in a program that Python can read.</summary>
internal static class SlipFinder
{
    /// <summary>Longer programs are not searched: some slips are found by comparing each statement with all others.</summary>
    private const int MostStatements = 1000;

    /// <summary>The slips, the likelier first, and of one line only one.</summary>
    public static IReadOnlyList<Slip> Find(PythonProgram program)
    {
        if (program.Problem is not null || program.Statements.Count > MostStatements)
        {
            return [];
        }

        var search = new SlipSearch(program);
        IEnumerable<Slip>[] families =
        [
            ConditionSlips.Find(search),
            BranchSlips.Find(search),
            ReturnSlips.Find(search),
            AccumulatorSlips.Find(search),
            LoopSlips.Find(search),
            WhileSlips.Find(search),
            ValueSlips.Find(search),
            CallSlips.Find(search),
            ClassSlips.Find(search),
            NameSlips.Find(search),
            TextSlips.Find(search),
        ];
        return
        [
            .. families
                .SelectMany(family => family)
                .OrderByDescending(slip => slip.Weight)
                .ThenBy(slip => slip.Cause.Line)
                .DistinctBy(slip => slip.Cause.Line),
        ];
    }
}
