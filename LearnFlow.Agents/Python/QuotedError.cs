using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Python;

/// <summary>
/// Errors that a sentence speaks of, as people do: "NameError name 'x' is not defined", "i get a type error: …", or only
/// "it says list index out of range".
/// </summary>
internal static partial class QuotedError
{
    private const int LongestText = 60_000;
    private const int LongestMessage = 400;

    /// <summary>What Python says, by the class that says it; the more specific first.</summary>
    private static readonly (string Exception, Regex Message)[] Messages =
    [
        ("IndentationError", Indentation()), ("TabError", Tab()), ("SyntaxError", Syntax()), ("UnboundLocalError", UnboundLocal()),
        ("NameError", Name()), ("ModuleNotFoundError", ModuleNotFound()), ("ImportError", Import()), ("AttributeError", Attribute()),
        ("IndexError", Index()), ("ZeroDivisionError", ZeroDivision()), ("RecursionError", Recursion()), ("JSONDecodeError", Json()),
        ("UnicodeDecodeError", UnicodeDecode()), ("UnicodeEncodeError", UnicodeEncode()), ("ValueError", Value()), ("TypeError", Type()),
        ("FileNotFoundError", FileNotFound()), ("PermissionError", Permission()), ("EOFError", EndOfFile()),
        ("RuntimeError", Runtime()), ("OverflowError", Overflow()),
    ];

    /// <summary>The error that a text quotes, or null.</summary>
    /// <param name="text">A student's words.</param>
    public static Traceback? Find(string text)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;

        // "I keep getting IndexError: list index out of range"
        foreach (Match match in NamedError().Matches(text))
        {
            var words = match.Groups["class"].Value;
            var rest = Cut(WithStraightQuotes(match.Groups["rest"].Value));
            var exception = ErrorNames.Canonical(words) ?? (ErrorNames.IsClass(words) ? words : null);
            if (exception is null || rest.Length == 0 || rest[0] == '(')
            {
                continue;
            }

            if (match.Groups["mark"].Length > 0 && (words == exception || IsMessage(rest)))
            {
                return new Traceback(exception, rest, []);
            }

            if (MessageIn(rest) is { Start: <= 3 } said)
            {
                return new Traceback(exception, said.Text, []);
            }
        }

        foreach (var line in text.Split('\n'))
        {
            // What code prints or raises need not have happened.
            if (!CodeThatSpeaks().IsMatch(line) && MessageIn(line) is { } message)
            {
                return new Traceback(message.Exception, message.Text, []);
            }
        }

        return null;
    }

    /// <summary>Whether a line is a message of Python's, from its first word on.</summary>
    /// <param name="line">The line.</param>
    public static bool IsMessage(string line) => MessageIn(line) is { Start: 0 };

    /// <summary>The class that a sentence names, or null.</summary>
    /// <param name="text">A student's words.</param>
    public static string? FindName(string text)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;
        return ClassName().Matches(text).Select(match => match.Value).FirstOrDefault(ErrorNames.IsClass)
            ?? SpelledName().Matches(text).Select(match => ErrorNames.Canonical(match.Value)).FirstOrDefault(name => name is not null);
    }

    /// <summary>The quotes of a message as Python prints them, where a chat made them curly.</summary>
    /// <param name="message">A message.</param>
    public static string WithStraightQuotes(string message) =>
        message.Contains("invalid character", StringComparison.Ordinal) ? message : message.Replace('‘', '\'').Replace('’', '\'');

    private static (string Exception, int Start, string Text)? MessageIn(string line)
    {
        line = Cut(WithStraightQuotes(line));
        foreach (var (exception, pattern) in Messages)
        {
            if (pattern.Match(line) is { Success: true } match)
            {
                var text = line[match.Index..].TrimEnd(' ', '"', '\'', '`', '*', ')', '.', '?', '!');
                text = match.Length > text.Length ? match.Value : text;
                return (exception, match.Index, UnquotedName().Replace(text, "name '${name}' is"));
            }
        }

        return null;
    }

    private static string Cut(string text) => (text.Length > LongestMessage ? text[..LongestMessage] : text).Trim();

    [GeneratedRegex(@"(?<!except |raise |except \()\b(?<class>(?:[A-Za-z]{3,40}(?:Error|Exception|Warning|Interrupt|Iteration))|(?:name|type|value|index|key|syntax|attribute|import|indentation|tab|zero division|zerodivision|module not found|file not found|unbound local|recursion|runtime|eof|os|io|overflow|assertion|unicode decode|unicode encode|json decode|memory|permission)[ ]?error)\b[ ]*(?<mark>[:\-–—]?)[ ]*(?<rest>[^\r\n]{0,400})", RegexOptions.IgnoreCase)]
    private static partial Regex NamedError();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]{0,60}(?:Error|Exception|Warning|Interrupt|Iteration|Group|Exit)\b")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\b(?:name|type|value|index|key|syntax|attribute|import|indentation|tab|zero division|module not found|file not found|unbound local|recursion|runtime|eof|os|io|overflow|assertion|unicode decode|unicode encode|json decode|memory|permission) error\b|\b[a-z]{2,40}(?:error|exception|warning)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SpelledName();

    [GeneratedRegex(@"\b(?:print|input|raise|except|logging|assert\w*)\b *[(\w]")]
    private static partial Regex CodeThatSpeaks();

    [GeneratedRegex(@"^name (?<name>\w{1,80}) is")]
    private static partial Regex UnquotedName();

    [GeneratedRegex(@"expected an indented block|unexpected indent|unindent does not match|unexpected unindent|unident does not match", RegexOptions.IgnoreCase)]
    private static partial Regex Indentation();

    [GeneratedRegex(@"inconsistent use of tabs", RegexOptions.IgnoreCase)]
    private static partial Regex Tab();

    [GeneratedRegex(@"invalid syntax|unexpected EOF while parsing|EO[LF] while scanning|unterminated (?:triple-quoted |f-)?string|'?[(\[{]'? was never closed|unmatched '[)\]}]'|closing parenthesis '|expected ':'|Missing parentheses in call to|'(?:return|yield|await|break|continue)' (?:outside|not properly)|(?:cannot|can't) assign to |invalid (?:non-printable )?character (?:in identifier|'|U\+)|invalid (?:decimal|hexadecimal|octal|imaginary) literal|positional argument follows keyword|non-default argument follows|parameter without a default follows|unexpected character after line continuation|leading zeros in decimal|f-string: |keyword can't be an expression|expression cannot contain assignment|multiple statements found while compiling|expected 'except' or 'finally'|Non-UTF-8 code|\(unicode error\)|Generator expression must be|name '\w{1,80}' is (?:used prior|assigned to before|parameter and)", RegexOptions.IgnoreCase)]
    private static partial Regex Syntax();

    [GeneratedRegex(@"local variable '?\w{1,80}'? referenced before|cannot access local variable", RegexOptions.IgnoreCase)]
    private static partial Regex UnboundLocal();

    [GeneratedRegex(@"(?:global )?name '?\w{1,80}'? is not defined|cannot access free variable|free variable '", RegexOptions.IgnoreCase)]
    private static partial Regex Name();

    [GeneratedRegex(@"no module named '?[\w.]{1,100}", RegexOptions.IgnoreCase)]
    private static partial Regex ModuleNotFound();

    [GeneratedRegex(@"cannot import name '?\w{1,80}|attempted relative import|DLL load failed", RegexOptions.IgnoreCase)]
    private static partial Regex Import();

    [GeneratedRegex(@"(?:(?:partially initialized )?module '[\w.]{1,80}'|type object '[\w.]{1,80}'|'[\w.]{1,80}' object|\w{1,80} (?:instance|object)) has no attribute ", RegexOptions.IgnoreCase)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"(?:list |string |tuple |range object |pop |list assignment |bytearray )?index (?:is )?out of (?:range|bounds)|pop from (?:an )?empty (?:list|deque)|index -?\d{1,10} is out of bounds", RegexOptions.IgnoreCase)]
    private static partial Regex Index();

    [GeneratedRegex(@"(?:float |complex |integer )?(?:floor )?(?:division (?:or modulo )?by zero|modulo by zero)", RegexOptions.IgnoreCase)]
    private static partial Regex ZeroDivision();

    [GeneratedRegex(@"maximum recursion depth exceeded", RegexOptions.IgnoreCase)]
    private static partial Regex Recursion();

    [GeneratedRegex(@"Expecting (?:value|property name|',' delimiter|':' delimiter)|Extra data: line", RegexOptions.IgnoreCase)]
    private static partial Regex Json();

    [GeneratedRegex(@"'[\w-]{1,40}' codec can't decode", RegexOptions.IgnoreCase)]
    private static partial Regex UnicodeDecode();

    [GeneratedRegex(@"'[\w-]{1,40}' codec can't encode", RegexOptions.IgnoreCase)]
    private static partial Regex UnicodeEncode();

    [GeneratedRegex(@"invalid literal for (?:int|float|long)\(\)|could not convert string to (?:float|complex)|not enough values to unpack|too many values to unpack|need more than \d{1,9} values? to unpack|list\.remove\(x\): x not in list|-?[\w']{1,80} is not in list|substring not found|math domain error|I/O operation on closed file|time data '|The truth value of (?:a|an) |operands could not be broadcast|x and y must (?:have|be)|empty range for|(?:max|min)\(\) (?:arg|iterable)|setting an array element with a sequence|cannot convert float NaN|All arrays must be of the same length|Length of values", RegexOptions.IgnoreCase)]
    private static partial Regex Value();

    [GeneratedRegex(@"unsupported operand type|(?:can only|cannot|can't) concat|must be str, not|'[\w.]{1,80}' object (?:is not |cannot be interpreted|does ?n.t support|does not support|can't be)|[\w.<>]{1,80}\(\) (?:missing \d|takes |got (?:an unexpected|multiple|some))|'[<>]=?' not supported between|(?:list|string|tuple|str) ind(?:ices|ex) must be|unhashable type|can't multiply sequence|argument of type '|object of type '|not all arguments converted|not enough arguments for format|bad operand type|sequence item \d{1,9}: expected|slice indices must be|Can't convert '|unorderable types|must be a string, a bytes-like|cannot unpack non-iterable|a bytes-like object is required|expected string or|Object of type \w{1,60} is not JSON|object is not (?:callable|subscriptable|iterable)", RegexOptions.IgnoreCase)]
    private static partial Regex Type();

    [GeneratedRegex(@"(?:\[Errno 2\] )?No such file or directory", RegexOptions.IgnoreCase)]
    private static partial Regex FileNotFound();

    [GeneratedRegex(@"\[(?:Errno 13|WinError 5)\]", RegexOptions.IgnoreCase)]
    private static partial Regex Permission();

    [GeneratedRegex(@"EOF when reading a line|Ran out of input", RegexOptions.IgnoreCase)]
    private static partial Regex EndOfFile();

    [GeneratedRegex(@"dictionary changed size during|Set changed size during|no running event loop|generator raised StopIteration", RegexOptions.IgnoreCase)]
    private static partial Regex Runtime();

    [GeneratedRegex(@"math range error|int too large to convert|result too large", RegexOptions.IgnoreCase)]
    private static partial Regex Overflow();
}
