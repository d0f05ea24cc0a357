using LearnFlow.Triage.Skills;

namespace LearnFlow.Tests.Triage.Skills;

/// <summary>Tracebacks of Python 3.8 to 3.14, as people paste them.</summary>
public sealed class ErrorLineTests
{
    private const string Full = """
        Traceback (most recent call last):
          File "shop.py", line 7, in <module>
            total(prices)
          File "shop.py", line 3, in total
            return sum(prices)
        TypeError: unsupported operand type(s) for +: 'int' and 'str'
        """;

    [Theory]
    // A whole traceback, with and without the marks below the line that Python 3.11 and 3.13 draw.
    [InlineData(Full, "TypeError")]
    [InlineData("  File \"a.py\", line 1\n    if x = 1:\n       ^\nSyntaxError: invalid syntax", "SyntaxError")]
    [InlineData("    if x = 1:\n       ^^^^^\nSyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?", "SyntaxError")]
    [InlineData("    print(random.randit(1, 6))\n          ~~~~~~~~~~~~~^^^^^^\nAttributeError: module 'random' has no attribute 'randit'. Did you mean: 'randint'?", "AttributeError")]
    [InlineData("IndentationError: expected an indented block after 'if' statement on line 1", "IndentationError")]
    [InlineData("TabError: inconsistent use of tabs and spaces in indentation", "TabError")]
    [InlineData("UnboundLocalError: cannot access local variable 'n' where it is not associated with a value", "UnboundLocalError")]
    [InlineData("sys:1: x\nSyntaxWarning: \"\\d\" is an invalid escape sequence", "SyntaxWarning")]
    // Cut to its last line, also where that has no message.
    [InlineData("NameError: name 'prnt' is not defined", "NameError")]
    [InlineData("KeyboardInterrupt", "KeyboardInterrupt")]
    [InlineData("  File \"a.py\", line 2, in f\n    assert x > 0\nAssertionError", "AssertionError")]
    [InlineData("StopIteration\n", "StopIteration")]
    [InlineData("SystemExit: 2", "SystemExit")]
    // In words of one's own, and nothing after it.
    [InlineData("i get this:\nValueError: math domain error\nwhy", "ValueError")]
    [InlineData("NameError", "NameError")]
    [InlineData("NameError???", "NameError")]
    [InlineData("nameerror: name 'x' is not defined", "nameerror")]
    // Quoted, in a list, in a chat's formatting.
    [InlineData("> NameError: name 'x' is not defined", "NameError")]
    [InlineData(">> > KeyError: 'ada'", "KeyError")]
    [InlineData("- KeyError: 'ada'", "KeyError")]
    [InlineData("`KeyError: 'ada'`", "KeyError")]
    [InlineData("```KeyError: 'ada'```", "KeyError")]
    [InlineData("**KeyError**", "KeyError")]
    [InlineData("~~~\nKeyError: 'ada'\n~~~", "KeyError")]
    // pytest.
    [InlineData("    def test_add():\n>       assert add(1, 2) == 4\nE       AssertionError: assert 3 == 4\nE        +  where 3 = add(1, 2)", "AssertionError")]
    [InlineData("E   ModuleNotFoundError: No module named 'shop'", "ModuleNotFoundError")]
    // Dotted names, of libraries and of one's own.
    [InlineData("json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", "JSONDecodeError")]
    [InlineData("_tkinter.TclError: no display name", "TclError")]
    [InlineData("__main__.NotEnoughMoneyError: 3 < 5", "NotEnoughMoneyError")]
    [InlineData("my_shop.SoldOutException", "SoldOutException")]
    // Groups, with the bars that are drawn before their lines.
    [InlineData("  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: two (2 sub-exceptions)", "ExceptionGroup")]
    [InlineData("  +-+---------------- 1 ----------------\n    | ValueError: 1\n    +------------------------------------", "ValueError")]
    // Windows' line ends, which an editor's output keeps.
    [InlineData("Traceback (most recent call last):\r\nKeyError: 'ada'\r\n", "KeyError")]
    [InlineData("Traceback (most recent call last):\r\nKeyboardInterrupt\r\n", "KeyboardInterrupt")]
    public void The_error_that_a_traceback_names_is_found(string text, string name)
    {
        var found = ErrorLine.Find(text);

        Assert.NotNull(found);
        Assert.Equal(name, text[found.Value]);
    }

    [Theory]
    [InlineData("During handling of the above exception, another exception occurred:")]
    [InlineData("The above exception was the direct cause of the following exception:")]
    public void Of_errors_that_led_to_one_another_the_last_is_named(string link)
    {
        var text = $"""
            Traceback (most recent call last):
              File "a.py", line 2, in <module>
                ages["ada"]
            KeyError: 'ada'

            {link}

            Traceback (most recent call last):
              File "a.py", line 4, in <module>
                int("x")
            ValueError: invalid literal for int() with base 10: 'x'

            what now? my first idea was KeyError
            """;

        Assert.Equal("ValueError", text[ErrorLine.Find(text)!.Value]);
    }

    [Theory]
    [InlineData("Error: see below")]
    [InlineData("error")]
    [InlineData("an error: it does not work")]
    [InlineData("exception")]
    [InlineData("Warning: this is long")]
    [InlineData("terror: a film")]
    [InlineData("exit: how")]
    [InlineData("group: python beginners")]
    [InlineData("fire exit: there")]
    [InlineData("a TypeError: what is that")]
    [InlineData("TypeError means what")]
    [InlineData("what does ValueError mean")]
    [InlineData("except ValueError as e:")]
    [InlineData("raise ValueError('x')")]
    [InlineData("class MyError(Exception):")]
    [InlineData("error_count: 3")]
    [InlineData("")]
    [InlineData("\n\n")]
    public void Words_about_errors_are_no_error_line(string text) => Assert.Null(ErrorLine.Find(text));

    [Theory]
    [InlineData("TypeError")]
    [InlineData("zerodivisionerror")]
    [InlineData("StopIteration")]
    [InlineData("StopAsyncIteration")]
    [InlineData("KeyboardInterrupt")]
    [InlineData("SystemExit")]
    [InlineData("ExceptionGroup")]
    [InlineData("DeprecationWarning")]
    [InlineData("requests.exceptions.ConnectionError")]
    public void A_name_of_an_error_is_one(string word) => Assert.True(ErrorLine.IsName(word));

    [Theory]
    [InlineData("error")]
    [InlineData("errors")]
    [InlineData("exception")]
    [InlineData("terror")]
    [InlineData("exit")]
    [InlineData("group")]
    [InlineData("fireexit")]
    [InlineData("iteration")]
    [InlineData("")]
    public void Another_word_is_no_name_of_an_error(string word) => Assert.False(ErrorLine.IsName(word));
}
