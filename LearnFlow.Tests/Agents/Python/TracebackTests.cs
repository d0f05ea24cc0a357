using CsCheck;
using LearnFlow.Agents.Python;

namespace LearnFlow.Tests.Agents.Python;

/// <summary>Tracebacks as students paste them; all of them are our own.</summary>
public sealed class TracebackTests
{
    [Fact]
    public void A_whole_traceback_is_read_to_its_place()
    {
        var traceback = Traceback.Find("""
            Traceback (most recent call last):
              File "C:\Users\me\shop.py", line 9, in <module>
                total(prices)
              File "C:\Users\me\shop.py", line 4, in total
                return sum(prices) / len(price)
                                         ^^^^^
            NameError: name 'price' is not defined. Did you mean: 'prices'?
            """)!;

        Assert.Equal("NameError", traceback.Exception);
        Assert.Equal("name 'price' is not defined. Did you mean: 'prices'?", traceback.Message);
        Assert.Equal(
            new TracebackFrame(@"C:\Users\me\shop.py", 4, "total", "return sum(prices) / len(price)", 25, "price"), traceback.Place);
    }

    [Theory]
    [InlineData("KeyError: 'name'", "KeyError", "'name'")]
    [InlineData("ZeroDivisionError", "ZeroDivisionError", "")]
    [InlineData("> ValueError: bad", "ValueError", "bad")]
    [InlineData("E   AssertionError: assert 1 == 2", "AssertionError", "assert 1 == 2")]
    [InlineData("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "JSONDecodeError", "Expecting value: line 1 column 1 (char 0)")]
    [InlineData("`TypeError: 'int' object is not callable`", "TypeError", "'int' object is not callable")]
    [InlineData("I keep getting IndexError: list index out of range", "IndexError", "list index out of range")]
    [InlineData("why\nValueError: x\nhappens", "ValueError", "x")]
    [InlineData("NameError name 'x' is not defined", "NameError", "name 'x' is not defined")]
    [InlineData("it says NameError: name ‘x’ is not defined", "NameError", "name 'x' is not defined")]
    [InlineData("NameError:\nname 'x' is not defined", "NameError", "name 'x' is not defined")]
    [InlineData("nameerror: name 'x' is not defined", "NameError", "name 'x' is not defined")]
    [InlineData("i get a syntax error: invalid syntax", "SyntaxError", "invalid syntax")]
    [InlineData("type error - 'int' object is not callable", "TypeError", "'int' object is not callable")]
    [InlineData("why do i get list index out of range?", "IndexError", "list index out of range")]
    [InlineData("it keeps saying invalid syntax", "SyntaxError", "invalid syntax")]
    [InlineData("name total is not defined", "NameError", "name 'total' is not defined")]
    [InlineData("Ich bekomme diesen Fehler: ZeroDivisionError: division by zero", "ZeroDivisionError", "division by zero")]
    [InlineData("exceptions.ValueError: bad", "ValueError", "bad")]
    [InlineData("_csv.Error: line contains NUL", "Error", "line contains NUL")]
    [InlineData("struct.error: unpack requires a buffer of 4 bytes", "error", "unpack requires a buffer of 4 bytes")]
    [InlineData("&gt; KeyError: &#39;name&#39;", "KeyError", "'name'")]
    [InlineData("\u001b[0;31mKeyError\u001b[0m: 'name'", "KeyError", "'name'")]
    [InlineData("TypeError: unsupported operand type(s) for\n+: 'int' and 'str'", "TypeError", "unsupported operand type(s) for +: 'int' and 'str'")]
    [InlineData("Traceback (most recent call last): File \"a.py\", line 1, in <module> print(x) NameError: name 'x' is not defined", "NameError", "name 'x' is not defined")]
    [InlineData("ValueError: x\nResourceWarning: unclosed file", "ValueError", "x")]
    public void A_last_line_is_enough_however_it_is_quoted(string text, string exception, string message)
    {
        var traceback = Traceback.Find(text)!;

        Assert.Equal((exception, message), (traceback.Exception, traceback.Message));
    }

    [Fact]
    public void Of_chained_errors_the_last_counts()
    {
        var traceback = Traceback.Find("""
            Traceback (most recent call last):
              File "a.py", line 2, in <module>
                int("x")
            ValueError: invalid literal for int() with base 10: 'x'

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "a.py", line 4, in <module>
                print(y)
            NameError: name 'y' is not defined
            """)!;

        Assert.Equal("NameError", traceback.Exception);
        Assert.Equal(4, Assert.Single(traceback.Frames).Line);
    }

    [Fact]
    public void The_place_is_the_students_own_code_where_there_is_any()
    {
        var traceback = Traceback.Find("""
            Traceback (most recent call last):
              File "mine.py", line 3, in <module>
                json.loads(text)
              File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
                return _default_decoder.decode(s)
            json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
            """)!;

        Assert.Equal(3, traceback.Place!.Line);
    }

    [Fact]
    public void What_led_to_it_is_kept()
    {
        var traceback = Traceback.Find("""
            Traceback (most recent call last):
              File "a.py", line 2, in <module>
                ages["Bob"]
            KeyError: 'Bob'

            The above exception was the direct cause of the following exception:

            Traceback (most recent call last):
              File "a.py", line 4, in <module>
                raise ValueError("no Bob") from error
            ValueError: no Bob
            """)!;

        Assert.Equal("ValueError", traceback.Exception);
        Assert.Equal(("KeyError", 2), (Assert.Single(traceback.Earlier).Exception, traceback.Earlier[0].Place!.Line));
    }

    [Fact]
    public void A_group_is_read_with_its_parts()
    {
        var traceback = Traceback.Find("""
              + Exception Group Traceback (most recent call last):
              |   File "a.py", line 1, in <module>
              |     raise ExceptionGroup("checks", [ValueError("a"), KeyError("b")])
              | ExceptionGroup: checks (2 sub-exceptions)
              +-+---------------- 1 ----------------
                | Traceback (most recent call last):
                |   File "a.py", line 7, in check
                |     int("a")
                | ValueError: a
                +---------------- 2 ----------------
                | KeyError: 'b'
                +------------------------------------
            """)!;

        Assert.Equal(("ExceptionGroup", 1), (traceback.Exception, traceback.Place!.Line));
        Assert.Equal(["ValueError", "KeyError"], traceback.Parts.Select(part => part.Exception));
        Assert.Equal(7, traceback.Parts[0].Place!.Line);
    }

    [Theory]
    [InlineData("  File \"a.py\", line 3\n    print(x y)\n          ^^^\nSyntaxError: invalid syntax. Perhaps you forgot a comma?", 3, "print(x y)", 6, "x y")]
    [InlineData("> File \"a.py\", line 3\n>     x = = 5\n>         ^\n> SyntaxError: invalid syntax", 3, "x = = 5", 4, null)]
    [InlineData("  File \"a.py\", line 3, in f\n    return a / b\n           ~~^~~\nZeroDivisionError: division by zero", 3, "return a / b", 9, "a / b")]
    [InlineData("  Cell In[3], line 2\n    print \"hi\"\n          ^\nSyntaxError: invalid syntax", 2, "print \"hi\"", 6, null)]
    [InlineData("SyntaxError: invalid syntax (main.py, line 5)", 5, null, null, null)]
    [InlineData("NameError: name 'x' is not defined on line 7", 7, null, null, null)]
    [InlineData("Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nKeyError: 'a'", 1, null, null, null)]
    [InlineData("Traceback (most recent call last):\n  File \"C:\\a long folder\\\nshop.py\", line 4, in <module>\n    total\nNameError: name 'total' is not defined", 4, "total", null, null)]
    [InlineData("KeyError                  Traceback (most recent call last)\n<ipython-input-3-1> in <module>()\n      1 ages = {}\n----> 2 ages['Bob']\n\nKeyError: 'Bob'", 2, "ages['Bob']", null, null)]
    [InlineData("    def test_total():\n>       assert total([1]) == 2\nE       assert 1 == 2\n\ntest_shop.py:5: AssertionError", 5, "assert total([1]) == 2", null, null)]
    [InlineData("Exception raised:\n    Traceback (most recent call last):\n      File \"/usr/lib/python3.11/doctest.py\", line 1355, in __run\n        exec(compile(example.source))\n      File \"<doctest shop[0]>\", line 1, in <module>\n        1/0\n    ZeroDivisionError: division by zero", 1, "1/0", null, null)]
    [InlineData("  File \"a.py\", line 1\n    *a\n    ^^\nSyntaxError: can't use starred expression here", 1, "*a", 0, "*a")]
    [InlineData("  File \"a.py\", line 1\n    1 = a\n    ^\nSyntaxError: cannot assign to literal", 1, "1 = a", 0, null)]
    public void The_place_is_read_with_its_line_and_marks(string text, int line, string? source, int? caret, string? marked)
    {
        var place = Traceback.Find(text)!.Place!;

        Assert.Equal((line, source, caret, marked), (place.Line, place.Source, place.Caret, place.Marked));
    }

    [Theory]
    [InlineData("def half(n):\n    \"\"\"Halves.\n\n    Raises:\n        ValueError: where it is odd\n    \"\"\"\n")]
    [InlineData("print('list index out of range')")]
    [InlineData("try:\n    x = 1\nexcept NameError:\n    pass\n")]
    public void What_code_says_of_errors_did_not_happen(string code) => Assert.Null(Traceback.FindPrinted(code));

    [Theory]
    [InlineData("My program prints the word error at the end")]
    [InlineData("print('division by zero')")]
    [InlineData("if n == 0: raise ValueError('list index out of range')")]
    public void What_a_text_only_mentions_is_no_error(string text) => Assert.Null(Traceback.Find(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("My code does not work.")]
    [InlineData("Note: this is no error")]
    [InlineData("Error")]
    public void Where_there_is_no_error_none_is_found(string? text) => Assert.Null(Traceback.Find(text));

    [Theory]
    [InlineData("E")]
    [InlineData("a.")]
    [InlineData("Aa")]
    [InlineData("Error")]
    [InlineData("Error: ")]
    [InlineData("File \"a\", line 1")]
    [InlineData("> ")]
    [InlineData("\n")]
    [InlineData("File \"")]
    [InlineData("a.py:1: in f\n")]
    [InlineData("----> 1 x\n")]
    [InlineData("Cell In[1], line 1\n")]
    [InlineData("Traceback (most recent call last):\n")]
    [InlineData("name error ")]
    [InlineData("name '")]
    [InlineData("| +-+-- 1 --\n")]
    [InlineData("KeyError: 'a\n")]
    [InlineData("^")]
    [InlineData("&#")]
    public void A_text_made_to_take_long_ends(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 20_000 / part.Length));

        Traceback.Find(text);
        Traceback.FindName(text);
        Traceback.FindPrinted(text);
    }

    [Fact]
    public void Whatever_is_pasted_nothing_is_thrown()
    {
        string[] parts =
        [
            "Traceback (most recent call last):", "\n", "  File \"a.py\", line 3, in f", "  File \"a.py\", line 99999999999", "    x = 1", "    ^^^",
            "~~^~~", "NameError: name 'x' is not defined", "KeyError", ": ", "> ", "| ", "E   ", "+-+---------------- 1 ----------------",
            "  + Exception Group Traceback (most recent call last):", "----> 3 x", "Cell In[1], line 2", "a.py:3: ValueError", "\t", "'", "\"",
            " (main.py, line 5)", " on line 3", "&quot;", "\u001b[0;31m", "invalid syntax", "type error", "-->", "\u2028", "\0",
        ];
        Gen.OneOf(Gen.Int[0, parts.Length - 1].Select(part => parts[part]), Gen.String[0, 5]).List[0, 40].Sample(pieces =>
        {
            var text = string.Concat(pieces);
            Traceback.Find(text);
            Traceback.FindPrinted(text);
            Traceback.FindName(text);
        });
    }

    [Theory]
    [InlineData("what is a NameError?", "NameError")]
    [InlineData("Python says RecursionError", "RecursionError")]
    [InlineData("i have an index error in my loop", "IndexError")]
    [InlineData("why do I get a keyerror", "KeyError")]
    [InlineData("an error", null)]
    public void A_class_named_in_a_sentence_is_found(string text, string? name) => Assert.Equal(name, Traceback.FindName(text));
}
