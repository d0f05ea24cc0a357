using System.Collections.Frozen;

namespace LearnFlow.Agents.Python.Syntax;

/// <summary>What Python brings along, as far as beginners meet it.</summary>
internal static class PythonBuiltIns
{
    /// <summary>Functions that are always there, and the type that they give back; empty where it depends.</summary>
    public static FrozenDictionary<string, string> Functions { get; } = Table(
        ("str", "input str repr chr ascii format hex bin oct"),
        ("int", "int len ord hash id"),
        ("float", "float"),
        ("bool", "bool isinstance issubclass callable hasattr all any"),
        ("list", "list sorted dir"),
        ("dict", "dict globals locals vars"),
        ("set", "set"),
        ("tuple", "tuple divmod"),
        ("range", "range"),
        ("file", "open"),
        ("NoneType", "print exit quit setattr delattr help exec"),
        ("zip", "zip"),
        ("enumerate", "enumerate"),
        ("map", "map"),
        ("filter", "filter"),
        ("reversed", "reversed"),
        ("complex", "complex"),
        ("bytes", "bytes bytearray"),
        ("frozenset", "frozenset"),
        ("type", "type"),
        ("", "abs sum min max round pow next iter eval getattr super object property staticmethod classmethod slice memoryview breakpoint compile"));

    /// <summary>Methods whose result does not depend on more than their name, and its type.</summary>
    public static FrozenDictionary<string, string> Methods { get; } = Table(
        ("str", "upper lower strip lstrip rstrip title capitalize swapcase join replace center ljust rjust zfill format casefold read readline decode strftime isoformat"),
        ("list", "split rsplit splitlines readlines findall"),
        ("bool", "startswith endswith isdigit isalpha isalnum isupper islower isspace isnumeric isdecimal isidentifier istitle issubset issuperset isdisjoint"),
        ("int", "find rfind count bit_length"),
        ("NoneType", "sort append extend insert remove reverse clear update add discard writelines shuffle"),
        ("bytes", "encode"),
        ("dict_keys", "keys"),
        ("dict_values", "values"),
        ("dict_items", "items"));

    /// <summary>The methods of the types that beginners use.</summary>
    public static FrozenDictionary<string, string[]> MethodsOf { get; } = new Dictionary<string, string[]>
    {
        ["str"] = Words("capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill"),
        ["list"] = Words("append clear copy count extend index insert pop remove reverse sort"),
        ["dict"] = Words("clear copy fromkeys get items keys pop popitem setdefault update values"),
        ["set"] = Words("add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove symmetric_difference union update"),
        ["tuple"] = Words("count index"),
        ["int"] = Words("bit_length conjugate from_bytes to_bytes real imag numerator denominator"),
        ["float"] = Words("is_integer hex fromhex as_integer_ratio real imag"),
        ["file"] = Words("close flush read readable readline readlines seek tell truncate writable write writelines"),
    }.ToFrozenDictionary();

    /// <summary>Modules that come with Python.</summary>
    public static FrozenSet<string> Modules { get; } = Words(
        "abc argparse array ast asyncio base64 bisect calendar collections concurrent configparser contextlib copy csv ctypes datetime decimal difflib email enum fractions functools gc getpass glob gzip hashlib heapq html http inspect io itertools json keyword logging math multiprocessing numbers operator os pathlib pickle platform pprint queue random re secrets shutil signal socket sqlite3 ssl stat statistics string struct subprocess sys tempfile textwrap threading time timeit tkinter traceback turtle types typing unicodedata unittest urllib uuid warnings weakref webbrowser xml zipfile zlib")
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Names that beginners use of a module that they have to import.</summary>
    public static FrozenDictionary<string, string> HomeOf { get; } = Table(
        ("math", "sqrt pi ceil floor factorial sin cos tan log log10 gcd radians degrees isqrt hypot"),
        ("random", "randint choice shuffle randrange uniform sample"),
        ("time", "sleep perf_counter"),
        ("datetime", "datetime timedelta"),
        ("collections", "Counter defaultdict deque namedtuple OrderedDict"),
        ("functools", "reduce lru_cache partial wraps"),
        ("itertools", "permutations combinations product chain accumulate"),
        ("json", "loads dumps"),
        ("pathlib", "Path"),
        ("statistics", "mean median mode stdev"),
        ("dataclasses", "dataclass field"),
        ("copy", "deepcopy"),
        ("typing", "List Dict Optional Tuple Union"),
        ("string", "ascii_lowercase ascii_uppercase ascii_letters punctuation digits"));

    public static FrozenSet<string> Exceptions { get; } = Words(
        "BaseException Exception ArithmeticError AssertionError AttributeError EOFError FileExistsError FileNotFoundError ImportError IndentationError IndexError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotImplementedError OSError OverflowError PermissionError RecursionError RuntimeError StopIteration SyntaxError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError Warning ZeroDivisionError IOError EnvironmentError NotImplemented Ellipsis")
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Names that every module has.</summary>
    public static FrozenSet<string> ModuleNames { get; } = Words("__name__ __file__ __doc__ __builtins__ __annotations__ __debug__ _")
        .ToFrozenSet(StringComparer.Ordinal);

    public static bool IsBuiltIn(string name) => Functions.ContainsKey(name) || Exceptions.Contains(name) || ModuleNames.Contains(name);

    private static FrozenDictionary<string, string> Table(params (string Value, string Keys)[] rows) => rows
        .SelectMany(row => Words(row.Keys).Select(key => (key, row.Value)))
        .ToFrozenDictionary(pair => pair.key, pair => pair.Value, StringComparer.Ordinal);

    private static string[] Words(string words) => words.Split(' ');
}
