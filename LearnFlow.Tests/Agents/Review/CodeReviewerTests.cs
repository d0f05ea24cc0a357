using LearnFlow.Agents.Review;
using LearnFlow.ServiceDefaults.Contracts;

namespace LearnFlow.Tests.Agents.Review;

/// <summary>What a review says as a whole: its order, its praise, its number.</summary>
public sealed class CodeReviewerTests
{
    public static TheoryData<string> CleanPrograms => [.. SamplePrograms.Clean];

    [Theory]
    [MemberData(nameof(CleanPrograms))]
    public async Task ACleanProgramGivesNoFindingsButPraise(string program)
    {
        var review = await Reviewers.ReviewAsync(program);

        Assert.Empty(review.Findings);
        Assert.Equal(ReviewQuality.Best, review.Quality);
        Assert.InRange(review.Praise.Count, 1, 3);
    }

    [Theory]
    [InlineData("print('hello)\n", 1, "string")]
    [InlineData("x = 1\nprint((x)\ny = 2\n", 2, "never closed")]
    [InlineData("print(1))\n", 1, "no opening bracket")]
    [InlineData("print([1)]\n", 1, "no opening bracket")]
    [InlineData("x = 1\nif x > 0\n    print(x)\n", 2, "no colon")]
    [InlineData("def f()\n    pass\n", 1, "no colon")]
    [InlineData("x = 1\nif x = 1:\n    print(x)\n", 2, "==")]
    [InlineData("for x in 'ab':\nprint(x)\n", 1, "not indented")]
    [InlineData("x = 1\n  y = 2\n", 2, "indented")]
    [InlineData("if input():\n        x = 1\n    y = 2\n", 3, "indentation")]
    [InlineData("print 'hello'\n", 1, "something is missing")]
    [InlineData("x = 1 +\n", 1, "stops after")]
    [InlineData("x = 2apples\n", 1, "2apples")]
    [InlineData("x = “hi”\n", 1, "“")]
    [InlineData("x = 1\nelse:\n    x = 2\n", 2, "`else`")]
    [InlineData("if input():\n    x = 1\nelse if input():\n    x = 2\n", 3, "colon")]
    [InlineData("return 1\n", 1, "outside a function")]
    [InlineData("def f():\n    break\n", 2, "outside a loop")]
    [InlineData("x = 1\nprint(f'{x')\n", 2, "f-string")]
    [InlineData("def f:\n    pass\n", 1, "brackets")]
    [InlineData("for x of 'ab':\n    pass\n", 1, "in")]
    public async Task AProgramThatCannotBeReadGivesOneFinding(string program, int line, string part)
    {
        var review = await Reviewers.ReviewAsync(program);

        var finding = Assert.Single(review.Findings);
        Assert.Equal(("E999", ReviewSeverity.Correctness, line), (finding.Code, finding.Severity, finding.Line));
        Assert.Contains(part, finding.Message, StringComparison.Ordinal);
        Assert.Contains("debugging", finding.Why, StringComparison.Ordinal);
        Assert.Empty(review.Praise);
        Assert.Equal(ReviewQuality.Worst, review.Quality);
    }

    [Theory]
    [InlineData("match command:\n    case [x, 'go'] if x:\n        print(x)\n    case {'a': 1} | None:\n        print(2)\n    case _:\n        print(3)\n")]
    [InlineData("match = 1\ncase = match\ntype = 3\nprint(match, case, type)\n")]
    [InlineData("type Pair[T] = tuple[T, T]\n")]
    [InlineData("async def f():\n    async with g() as x:\n        async for y in x:\n            await y\n")]
    [InlineData("def f[T](x: T, /, *, y: int = 1) -> T: return x\n")]
    [InlineData("try:\n    pass\nexcept* ValueError:\n    pass\nelse:\n    pass\nfinally:\n    pass\n")]
    [InlineData("for x in 'ab': print(x)\nelse: print('end')\n")]
    [InlineData("f = lambda x=1, *a: {x: a}\nif (lambda: 1)(): pass\nwhile f(lambda y: y): break\n")]
    [InlineData("x = 'a' 'b'\nx: int = 3\ny = x if x else not x\nprint(*[1], **{})\na, = [1]\nz = x[1:2, ::3]\n")]
    [InlineData("print(f'{x!r:>{10}}', f\"{'{'}\", f'{x=}', f'{d[\"}\"]}', rf'\\d{x}')\n")]
    [InlineData("x = 1 if 2 else 3; del x\n@decorated\nclass A(B, metaclass=C): ...\n")]
    [InlineData("def f():\n    x = yield\n    return\nfrom a import *\nprint(x @ y, ~x, 1_0.e5, ...)\nassert x, 'a'\nraise\n")]
    public async Task EveryFormOfStatementCanBeRead(string program) =>
        Assert.DoesNotContain("E999", (await Reviewers.ReviewAsync(program)).Findings.Select(f => f.Code));

    [Fact]
    public async Task FindingsAreRankedCorrectnessIdiomStyleAndThenByImportance()
    {
        const string Program = "import os\nx = None\nif x == None:\n    print(f'a')\nif x is 'a':\n    print(x)\n";

        Assert.Equal(["F632", "E711", "F401", "F541"], (await Reviewers.ReviewAsync(Program)).Findings.Select(f => f.Code));
    }

    [Fact]
    public async Task ARuleIsToldAtMostThreeTimes()
    {
        var program = string.Concat(Enumerable.Repeat("print(f'a')\n", 10));

        var findings = (await Reviewers.ReviewAsync(program)).Findings;

        Assert.Equal([1, 2, 3], findings.Select(f => f.Line));
    }

    [Fact]
    public async Task ANoqaCommentSilencesItsLine() =>
        Assert.Empty((await Reviewers.ReviewAsync("from math import *  # noqa: F403\nprint(pi)\n")).Findings);

    [Fact]
    public async Task AMessageNamesWhatItIsAbout()
    {
        var findings = (await Reviewers.ReviewAsync("def add(song, playlist=[]):\n    place = 1\n    playlist.append(song)\n")).Findings;

        Assert.Contains("`[]`", findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("`place`", findings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAnotherFindingSaysBetterIsNotToldTwice()
    {
        var findings = (await Reviewers.ReviewAsync("try:\n    print(int(input()))\nexcept:\n    pass\n")).Findings;

        Assert.Equal(["E722"], findings.Select(f => f.Code));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("# nothing yet\n", 0)]
    [InlineData("print('hi')\n", 100)]
    [InlineData("print(f'hi')\n", 97)]
    [InlineData("x = None\nprint(x == None)\n", 94)]
    [InlineData("x = 'a'\nprint(x is 'a')\n", 85)]
    public async Task QualityIsAHundredMinusThePenalties(string program, int quality) =>
        Assert.Equal(quality, (await Reviewers.ReviewAsync(program)).Quality);

    [Fact]
    public async Task EachPartLosesByItsOwnFindingsAlone()
    {
        var review = await Reviewers.ReviewAsync("x = None\nprint(x == None)\nprint(f'a')\nprint(f'b')\n");

        Assert.Equal(new ReviewParts(100, 80, 70), review.Parts);
        Assert.Equal(88, review.Quality);
    }

    [Theory]
    [InlineData(1, 85)]
    [InlineData(30, 85)]
    [InlineData(60, 92)]
    [InlineData(10_000, 96)]
    public async Task APenaltyWeighsLessInALongProgram(int linesOfCode, int quality)
    {
        var finding = (await Reviewers.ReviewAsync("x = 'a'\nprint(x is 'a')\n")).Findings[0];

        Assert.Equal(quality, ReviewQuality.Of(ReviewQuality.PartsOf([finding], linesOfCode)));
    }

    [Theory]
    [InlineData("def area(side):\n    \"\"\"Return the area.\"\"\"\n    return side * side\n", "docstring")]
    [InlineData("with open('a.txt') as file:\n    print(file.read())\n", "`with` on line 1")]
    [InlineData("print([n * n for n in range(9)])\n", "comprehension on line 1")]
    [InlineData("def f(n):\n    if n < 1:\n        return 0\n    n = n * 2\n    return n\n", "special case")]
    [InlineData("def f(n):\n    return n\n\n\ndef g(n):\n    return n\n", "2 small functions")]
    [InlineData("try:\n    print(int(input()))\nexcept ValueError:\n    print('no')\n", "`ValueError`")]
    [InlineData("RATE = 2\nprint(RATE)\n", "`RATE`")]
    [InlineData("n = 2\nprint(f'{n}')\n", "f-string on line 2")]
    [InlineData("price = 2\ncount = 3\ntotal = price * count\naverage = total / 2\nprint(average)\n", "whole words")]
    public async Task PraiseNamesWhatIsGood(string program, string part) =>
        Assert.Contains((await Reviewers.ReviewAsync(program)).Praise, sentence => sentence.Contains(part, StringComparison.Ordinal));

    [Fact]
    public async Task ThereIsNoPraiseForWhatIsNotThere() =>
        Assert.Empty((await Reviewers.ReviewAsync("n = 2\nprint(n + 1, 'with f{n} [x for x in y]')  # with\n")).Praise);
}
