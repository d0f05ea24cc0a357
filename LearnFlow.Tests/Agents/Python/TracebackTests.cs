using LearnFlow.Agents.Python;

namespace LearnFlow.Tests.Agents.Python;

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
        Assert.Equal(new TracebackFrame(@"C:\Users\me\shop.py", 4, "total", "return sum(prices) / len(price)"), traceback.Place);
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
    public void A_text_made_to_take_long_ends(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 20_000 / part.Length));

        Traceback.Find(text);
        Traceback.FindName(text);
    }

    [Theory]
    [InlineData("what is a NameError?", "NameError")]
    [InlineData("Python says RecursionError", "RecursionError")]
    [InlineData("an error", null)]
    public void A_class_named_in_a_sentence_is_found(string text, string? name) => Assert.Equal(name, Traceback.FindName(text));
}
