using System.Collections.Frozen;

namespace LearnFlow.Agents.Python;

/// <summary>The names of exception classes: which words are one, and how they are spelled.</summary>
public static class ErrorNames
{
    /// <summary>Python's own classes and those that beginners meet besides; the value is how Python spells them now.</summary>
    private static readonly FrozenDictionary<string, string> Known = new[]
    {
        "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError",
        "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError",
        "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError", "EncodingWarning", "Exception",
        "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning", "GeneratorExit",
        "ImportError", "ImportWarning", "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError",
        "KeyboardInterrupt", "LookupError", "MemoryError", "ModuleNotFoundError", "NameError", "NotADirectoryError",
        "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError",
        "ProcessLookupError", "PythonFinalizationError", "RecursionError", "ReferenceError", "ResourceWarning",
        "RuntimeError", "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
        "SystemExit", "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
        "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning", "UserWarning", "ValueError",
        "ZeroDivisionError", "EnvironmentError", "IOError", "WindowsError", "StandardError",
        "JSONDecodeError", "UnsupportedOperation", "FrozenInstanceError", "TclError", "CalledProcessError", "TimeoutExpired",
        "InvalidOperation", "DivisionByZero", "CancelledError", "InvalidStateError", "OperationalError", "ProgrammingError",
        "IntegrityError", "PatternError", "StatisticsError", "URLError", "HTTPError", "SSLError", "MissingSchema",
        "InvalidSchema", "InvalidURL", "ConnectTimeout", "ReadTimeout", "LinAlgError", "DTypePromotionError",
        "NoSectionError", "NoOptionError", "MissingSectionHeaderError", "ParserError", "EmptyDataError", "MergeError",
        "SettingWithCopyWarning", "SettingWithCopyError", "PicklingError", "UnpicklingError", "BadZipFile", "ParseError",
        "IndexingError", "OutOfBoundsDatetime", "IncompleteRead", "ZoneInfoNotFoundError", "ChainedAssignmentError",
        "UnidentifiedImageError", "TemplateNotFound", "DoesNotExist", "ImproperlyConfigured", "NoSuchElementException",
    }.ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word in this spelling is the name of an exception class, as far as a name tells.</summary>
    /// <param name="name">A class name without its module.</param>
    public static bool IsClass(string name) =>
        EndsWith(name, "Error") || EndsWith(name, "Warning") || EndsWith(name, "Exception") || name == "Exception"
        || Known.TryGetValue(name, out var known) && known == name;

    /// <summary>How Python spells a class that somebody wrote in another way ("name error", "INDEXERROR").</summary>
    /// <param name="words">The name, perhaps with spaces in it.</param>
    /// <returns>The class, or null where it is none that is known.</returns>
    public static string? Canonical(string words) =>
        Known.TryGetValue(words.Replace(" ", "", StringComparison.Ordinal), out var name) ? name : null;

    /// <summary>Whether it only warns: what Python adds at its end did not end the program.</summary>
    /// <param name="name">A class name.</param>
    public static bool IsWarning(string name) => name.EndsWith("Warning", StringComparison.Ordinal);

    private static bool EndsWith(string name, string ending) =>
        name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal);
}
