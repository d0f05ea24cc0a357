using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

public sealed class CodeLineTests
{
    [Theory]
    [InlineData("def total(prices):")]
    [InlineData("    for price in prices:")]
    [InlineData("count += 1")]
    [InlineData("names[0] = 'ada'")]
    [InlineData("print('hello')")]
    [InlineData("from math import pi")]
    [InlineData(">>> 1 + 1")]
    [InlineData("total = sum(x for x in xs)")]
    public void Code_is_code(string line) => Assert.True(CodeLine.Is(line));

    [Theory]
    [InlineData("for example i tried this")]
    [InlineData("if i run it nothing happens")]
    [InlineData("from what i read it should work")]
    [InlineData("what is a list?")]
    [InlineData("i think a = b means something else")]
    [InlineData("for example (like this)")]
    [InlineData("")]
    public void Prose_is_prose(string line) => Assert.False(CodeLine.Is(line));
}
