using LearnFlow.Agents.Debug.Causes;
using LearnFlow.Agents.Python;

namespace LearnFlow.Tests.Agents.Debug.Causes;

/// <summary>The cause of an error, or of no error, is found by reading the code.</summary>
public sealed class CauseFinderTests
{
    [Theory]
    [InlineData("total = input()\nprint(total + 1)\n", 2, "TypeError: can only concatenate str (not \"int\") to str", 2, "total", "line 1")]
    [InlineData("age = input()\nif age > 18:\n    print('old')\n", 2, "TypeError: '>' not supported between instances of 'str' and 'int'", 2, "age", "line 1")]
    [InlineData("def add(a, b):\n    c = a + b\n\nprint(add(1, 2) + 1)\n", 4, "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'", 4, "add(1, 2)", "no `return`")]
    [InlineData("names = ['b', 'a']\nnames = names.sort()\nprint(names[0])\n", 3, "TypeError: 'NoneType' object is not subscriptable", 3, "names", "line 2")]
    [InlineData("for i in range(input()):\n    print(i)\n", 1, "TypeError: 'str' object cannot be interpreted as an integer", 1, "input()", "a text")]
    [InlineData("list = [1, 2]\nletters = list('ab')\n", 2, "TypeError: 'list' object is not callable", 1, "list", "hidden")]
    [InlineData("ages = [3, 4]\nfor a in 'xy':\n    print(ages[a])\n", 3, "TypeError: list indices must be integers or slices, not str", 3, "ages[a]", "each character")]
    [InlineData("def area(w, h):\n    return w * h\n\nprint(area(3))\n", 4, "TypeError: area() missing 1 required positional argument: 'h'", 4, "area(3)", "`w`, `h`")]
    [InlineData("class Cat:\n    def meow():\n        print('meow')\n\nCat().meow()\n", 5, "TypeError: Cat.meow() takes 0 positional arguments but 1 was given", 2, "meow", "self")]
    [InlineData("numbers = [1, 2]\nfor i in range(len(numbers) + 1):\n    print(numbers[i])\n", 3, "IndexError: list index out of range", 2, "range(len(numbers) + 1)", "one less")]
    [InlineData("names = ['a', 'b']\nprint(names[len(names)])\n", 2, "IndexError: list index out of range", 2, "names[len(names)]", "count from 0")]
    [InlineData("n = [5, 6]\nfor i in range(len(n)):\n    print(n[i] - n[i + 1])\n", 3, "IndexError: list index out of range", 3, "n[i + 1]", "last round")]
    [InlineData("rows = []\nrows[0] = 1\n", 2, "IndexError: list assignment index out of range", 2, "rows[0]", "empty")]
    [InlineData("ages = {'Ann': 3, 'Bob': 4}\nprint(ages['bob'])\n", 2, "KeyError: 'bob'", 2, "ages['bob']", "`Bob`")]
    [InlineData("count = {}\nfor w in ['a']:\n    count[w] += 1\n", 3, "KeyError: 'a'", 3, "count[w]", "first time")]
    [InlineData("totl = 3\nprint(total)\n", 2, "NameError: name 'total' is not defined", 2, "total", "`totl`")]
    [InlineData("print(math.sqrt(4))\n", 1, "NameError: name 'math' is not defined", 1, "math", "imports")]
    [InlineData("x = randint(1, 6)\n", 1, "NameError: name 'randint' is not defined", 1, "randint", "`random`")]
    [InlineData("def f():\n    y = 3\n\nf()\nprint(y)\n", 5, "NameError: name 'y' is not defined", 5, "y", "inside the function `f`")]
    [InlineData("print(hello)\n", 1, "NameError: name 'hello' is not defined", 1, "hello", "no line")]
    [InlineData("n = 0\ndef up():\n    n += 1\n\nup()\n", 3, "UnboundLocalError: local variable 'n' referenced before assignment", 3, "n", "local name")]
    [InlineData("if 2 > 3:\n    z = 1\nprint(z)\n", 3, "NameError: name 'z' is not defined", 3, "z", "`if` block of line 1")]
    [InlineData("word = 'ab'\nword.append('c')\n", 2, "AttributeError: 'str' object has no attribute 'append'", 2, "word.append", "`list`")]
    [InlineData("word = 'ab'\nprint(word.uper())\n", 2, "AttributeError: 'str' object has no attribute 'uper'", 2, "word.uper", "`upper`")]
    [InlineData("n = [2, 1].sort()\nn.append(3)\n", 2, "AttributeError: 'NoneType' object has no attribute 'append'", 2, "n", "line 1")]
    [InlineData("class Dog:\n    def __init__(self):\n        self.name = 'Rex'\n\nprint(Dog().nmae)\n", 5, "AttributeError: 'Dog' object has no attribute 'nmae'", 5, "Dog().nmae", "`name`")]
    [InlineData("x = int('3.5')\n", 1, "ValueError: invalid literal for int() with base 10: '3.5'", 1, "int('3.5')", "decimal")]
    [InlineData("a, b = '1 2 3'.split()\n", 1, "ValueError: too many values to unpack (expected 2)", 1, "'1 2 3'.split()", "2 values")]
    [InlineData("nums = []\nprint(sum(nums) / len(nums))\n", 2, "ZeroDivisionError: division by zero", 2, "sum(nums) / len(nums)", "empty")]
    [InlineData("for i in range(3):\n    print(6 / i)\n", 2, "ZeroDivisionError: division by zero", 2, "6 / i", "starts with 0")]
    [InlineData("def down(n):\n    print(n)\n    down(n - 1)\n\ndown(3)\n", 3, "RecursionError: maximum recursion depth exceeded", 3, "down(n - 1)", "every time")]
    [InlineData("import maths\n", 1, "ModuleNotFoundError: No module named 'maths'", 1, "maths", "`math`")]
    [InlineData("ages = {'a': 1}\nfor k in ages:\n    del ages[k]\n", 2, "RuntimeError: dictionary changed size during iteration", 3, "del ages[k]", "while the loop")]
    public void An_error_is_led_back_to_its_place_in_the_code(string code, int at, string error, int line, string expression, string says)
    {
        var cause = CauseFinder.Find(code, Raised(code, at, error));

        Assert.NotNull(cause);
        Assert.Equal((line, expression), (cause.Line, cause.Expression));
        Assert.Contains(says, cause.Cause, StringComparison.Ordinal);
        Assert.NotEmpty(cause.Hint);
    }

    [Theory]
    [InlineData("a = 1\nprint((a)\nb = 2\nprint(b)\n", 2)]
    [InlineData("x = [1,\n     2\ndef f():\n    return x\n", 1)]
    [InlineData("if True\n    print(1)\n", 1)]
    [InlineData("a = 3\nif a = 3:\n    print(a)\n", 2)]
    [InlineData("name = 'Ann\nprint(name)\n", 1)]
    [InlineData("for i in range(3):\nprint(i)\n", 1)]
    [InlineData("x = 1\nif x > 0:\n    y = 1\nelse if x < 0:\n    y = 2\n", 4)]
    [InlineData("print 'hi'\n", 1)]
    public void What_Python_cannot_read_is_named_at_its_true_place(string code, int line) =>
        Assert.Equal(line, CauseFinder.Find(code, Raised(code, 3, "SyntaxError: invalid syntax"))?.Line);

    [Fact]
    public void Code_that_was_pasted_in_part_is_matched_by_the_text_of_the_line()
    {
        var error = Traceback.Find("Traceback (most recent call last):\n  File \"shop.py\", line 41, in <module>\n    print(price + 1)\nTypeError: can only concatenate str (not \"int\") to str\n");

        var cause = CauseFinder.Find("price = input()\nprint(price + 1)\n", error);

        Assert.Equal((2, "price"), (cause?.Line, cause?.Expression));
    }

    [Theory]
    [InlineData("x = 5\nif x == 1 or 2:\n    print('yes')\n", 2, "x == 1 or 2")]
    [InlineData("total = 0\nfor p in [1, 2]:\n    total =+ p\nprint(total)\n", 3, "total =+ p")]
    [InlineData("i = 3\nwhile i > 0:\n    print(i)\n    i += 1\n", 4, "i += 1")]
    [InlineData("i = 3\nwhile i > 0:\n    print(i)\n", 2, "while i > 0")]
    [InlineData("names = ['b', 'a']\nprint(names.sort())\n", 2, "names.sort()")]
    [InlineData("word = 'a'\nword.upper()\nprint(word)\n", 2, "word.upper()")]
    [InlineData("a = 1\nb = 2\na = b\nb = a\n", 4, "b = a")]
    [InlineData("grid = [[0] * 3] * 3\n", 1, "[[0] * 3] * 3")]
    [InlineData("n = 12\nif n % 3 == 0:\n    print(3)\nelif n % 6 == 0:\n    print(6)\n", 4, "n % 6 == 0")]
    [InlineData("secret = 7\nguess = input()\nprint(guess == secret)\n", 3, "guess == secret")]
    [InlineData("def f(x, seen=[]):\n    seen.append(x)\n    return seen\n\nprint(f(1))\n", 1, "seen=[]")]
    [InlineData("def f(n):\n    return n\n    print(n)\n\nprint(f(1))\n", 3, "print(n)")]
    public void A_slip_that_is_certain_is_found_without_an_error(string code, int line, string expression)
    {
        var cause = CauseFinder.Find(code, null);

        Assert.Equal((line, expression), (cause?.Line, cause?.Expression));
    }

    public static TheoryData<string> Correct => [.. BuggyPrograms.Correct];

    [Theory]
    [MemberData(nameof(Correct))]
    public void Nothing_is_claimed_of_a_program_that_is_right(string code) => Assert.Null(CauseFinder.Find(code, null));

    [Theory]
    [InlineData("((((")]
    [InlineData("a.b")]
    [InlineData("a+")]
    [InlineData("f(")]
    [InlineData("x = 1\n")]
    [InlineData("x = lambda: ")]
    [InlineData("if x:\n ")]
    [InlineData("f'{{{f\"{x}\"}")]
    [InlineData("not ")]
    [InlineData("x[1:")]
    [InlineData("\ud800")]
    public void Any_text_is_taken(string part)
    {
        foreach (var message in new[] { "NameError: name 'x' is not defined", "TypeError: 'x' object is not callable", "IndexError: list index out of range", "KeyError: 1", "ZeroDivisionError: division by zero", "RecursionError: x" })
        {
            var code = string.Concat(Enumerable.Repeat(part, 20_000 / part.Length));
            _ = CauseFinder.Find(code, Raised(code, 1, message));
            _ = CauseFinder.Find(code, null);
        }
    }

    [Fact]
    public void A_program_that_is_cut_off_anywhere_is_taken()
    {
        foreach (var program in BuggyPrograms.In("buggy-programs.yaml"))
        {
            for (var length = 0; length < program.Code.Length; length += 7)
            {
                var code = program.Code[..length];
                _ = CauseFinder.Find(code, null);
                _ = CauseFinder.Find(code, Raised(code, 3, "TypeError: unsupported operand type(s) for +: 'int' and 'str'"));
            }
        }
    }

    private static Traceback Raised(string code, int line, string error)
    {
        var source = code.Split('\n').ElementAtOrDefault(line - 1)?.Trim();
        return Traceback.Find($"Traceback (most recent call last):\n  File \"main.py\", line {line}, in <module>\n    {source}\n{error}\n")!;
    }
}
