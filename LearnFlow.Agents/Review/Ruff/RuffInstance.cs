using System.Text;
using Wasmtime;

namespace LearnFlow.Agents.Review.Ruff;

/// <summary>
/// One ruff in WebAssembly. It is made for JavaScript: it takes and gives objects by calling the host to make them, to ask
/// what they are and to look into them, and this is that host. A list stands for an array, a dictionary for an object, a
/// double for a number, a long for a bigint.
/// </summary>
/// <remarks>One call at a time; after a <see cref="WasmtimeException"/> it must not be used again.</remarks>
internal sealed class RuffInstance : IDisposable
{
    private const string Host = "./ruff_wasm_bg.js";

    /// <summary>The columns of findings count as those of .NET's strings do.</summary>
    private const int Utf16 = 1;

    /// <summary>What ruff keeps at most, of which an ordinary program needs 4 MB.</summary>
    private const int MostMemory = 64 * 1024 * 1024;

    /// <summary>How many ticks of the engine's clock a review may take.</summary>
    private const ulong MostTicks = 40;

    private static readonly object Undefined = new();

    private readonly Store _store;
    private readonly Memory _memory;
    private readonly Table _objects;
    private readonly Func<int, int, int> _allocate;
    private readonly Action<int> _forget;
    private readonly Func<int, int, int, (int Result, int Error, int Failed)> _check;
    private readonly int _workspace;

    /// <summary>Starts ruff.</summary>
    /// <param name="engine">Runs it.</param>
    /// <param name="module">It, compiled.</param>
    /// <param name="settings">Its settings, as in <c>ruff.toml</c>.</param>
    public RuffInstance(Engine engine, Module module, Dictionary<string, object?> settings)
    {
        _store = new Store(engine);
        _store.SetLimits(memorySize: MostMemory);
        _store.SetEpochDeadline(MostTicks);
        using var linker = new Linker(engine);
        DefineHost(linker);
        // What is left are its log and other kinds of objects, none of which a review comes across.
        linker.DefineUnknownImportsAsTraps(module);
        var instance = linker.Instantiate(_store, module);
        _memory = instance.GetMemory("memory")!;
        _objects = instance.GetTable("__wbindgen_externrefs")!;
        _allocate = instance.GetFunction<int, int, int>("__wbindgen_malloc")!;
        _forget = instance.GetAction<int>("__externref_table_dealloc")!;
        _check = instance.GetFunction<int, int, int, (int, int, int)>("workspace_check")!;
        instance.GetAction("__wbindgen_start")!();
        var (workspace, error, failed) = instance.GetFunction<object?, int, (int, int, int)>("workspace_new")!(settings, Utf16);
        _workspace = failed == 0 ? workspace : throw new InvalidOperationException($"ruff refuses its settings: {Take(error)}");
    }

    /// <summary>What ruff finds in a program.</summary>
    /// <param name="code">The program.</param>
    public IReadOnlyList<RuffFinding> Check(string code)
    {
        _store.SetEpochDeadline(MostTicks);
        var (text, length) = Write(code);
        var (result, error, failed) = _check(_workspace, text, length);
        return failed == 0
            ? [.. ((List<object?>)Take(result)!).Select(finding => Read((Dictionary<string, object?>)finding!))]
            : throw new InvalidOperationException($"ruff gives up: {Take(error)}");
    }

    /// <inheritdoc />
    public void Dispose() => _store.Dispose();

    private static RuffFinding Read(Dictionary<string, object?> finding)
    {
        var start = (Dictionary<string, object?>)finding["start_location"]!;
        var end = (Dictionary<string, object?>)finding["end_location"]!;
        return new RuffFinding(
            finding["code"] as string ?? "invalid-syntax", (string)finding["message"]!,
            Number(start, "row"), Number(start, "column"), Number(end, "row"), Number(end, "column"));
    }

    private static int Number(Dictionary<string, object?> location, string name) => (int)(double)location[name]!;

    /// <summary>The host's functions by the names that this version of ruff gives them.</summary>
    private void DefineHost(Linker linker)
    {
        // What a value is.
        linker.DefineFunction(Host, "__wbg___wbindgen_is_undefined_4410e3c20a99fa97", (object? value) => Bit(value == Undefined));
        linker.DefineFunction(Host, "__wbg___wbindgen_is_string_6541b0f6ecd4e8e5", (object? value) => Bit(value is string));
        linker.DefineFunction(Host, "__wbg___wbindgen_is_bigint_df272c65456269c2", (object? value) => Bit(value is long));
        linker.DefineFunction(Host, "__wbg___wbindgen_is_function_147961669f068cd4", (object? _) => 0);
        linker.DefineFunction(Host, "__wbg___wbindgen_is_object_3a2c414391dbf751", (object? value) =>
            Bit(value is Dictionary<string, object?> or List<object?>));
        linker.DefineFunction(Host, "__wbg_isArray_139f48e3c057ede8", (object? value) => Bit(value is List<object?>));
        linker.DefineFunction(Host, "__wbg_isSafeInteger_c22ccb4af2201fe9", (object? value) =>
            Bit(value is double number && double.IsInteger(number)));
        linker.DefineFunction(Host, "__wbg_instanceof_ArrayBuffer_a581da923203f29f", (object? _) => 0);
        linker.DefineFunction(Host, "__wbg_instanceof_Map_7f94c740225003e2", (object? _) => 0);
        linker.DefineFunction(Host, "__wbg_instanceof_Uint8Array_b6fe1ac89eba107e", (object? _) => 0);
        linker.DefineFunction(Host, "__wbg___wbindgen_jsval_eq_174c93ec61bab0c5", (object? one, object? other) => Bit(Equals(one, other)));
        linker.DefineFunction(Host, "__wbg___wbindgen_jsval_loose_eq_e07e3b1f5db6da6c", (object? one, object? other) =>
            Bit(Equals(one, other) || (IsNothing(one) && IsNothing(other))));

        // Its content; a place for the result is given where it is more than one word.
        linker.DefineFunction(Host, "__wbg___wbindgen_boolean_get_b131b2f36d6b2f55", (object? value) =>
            value is bool flag ? Bit(flag) : 0xFFFFFF);
        linker.DefineFunction(Host, "__wbg___wbindgen_number_get_588ed6b97f0d7e14", (int place, object? value) =>
        {
            _memory.WriteDouble(place + sizeof(long), value is double number ? number : 0);
            _memory.WriteInt32(place, Bit(value is double));
        });
        linker.DefineFunction(Host, "__wbg___wbindgen_bigint_get_as_i64_8ea6736501f396b6", (int place, object? value) =>
        {
            _memory.WriteInt64(place + sizeof(long), value is long number ? number : 0);
            _memory.WriteInt32(place, Bit(value is long));
        });
        linker.DefineFunction(Host, "__wbg___wbindgen_string_get_fa2687d531ed17a5", (int place, object? value) =>
            Return(place, value as string));
        linker.DefineFunction(Host, "__wbg_String_8564e559799eccda", (int place, object? value) => Return(place, $"{value}"));
        linker.DefineFunction(Host, "__wbg___wbindgen_debug_string_56c147eb1a51f0c4", (int place, object? value) => Return(place, $"{value}"));
        linker.DefineFunction(Host, "__wbg_Number_4779d427bae39753", (object? value) => value is double number ? number : double.NaN);

        // Objects and arrays that the settings consist of.
        linker.DefineFunction(Host, "__wbg_entries_5a6a7e7e0df09fe5", (object? value) => (object?)((Dictionary<string, object?>)value!)
            .Select(entry => (object?)new List<object?> { entry.Key, entry.Value }).ToList());
        linker.DefineFunction(Host, "__wbg___wbindgen_in_ce8569b2fc6f5088", (object? key, object? value) =>
            Bit(((Dictionary<string, object?>)value!).ContainsKey((string)key!)));
        linker.DefineFunction(Host, "__wbg_get_44e98e27bda25b5b", (object? value, object? key) => Property(value, key));
        linker.DefineFunction(Host, "__wbg_get_with_ref_key_6412cf3094599694", (object? value, object? key) => Property(value, key));
        linker.DefineFunction(Host, "__wbg_get_4b90d6d8c5deb5d5", (object? value, int index) => ((List<object?>)value!)[index]);
        linker.DefineFunction(Host, "__wbg_get_unchecked_46e778e3cec74b5e", (object? value, int index) => ((List<object?>)value!)[index]);
        linker.DefineFunction(Host, "__wbg_length_68a9d5278d084f4f", (object? value) => ((List<object?>)value!).Count);
        linker.DefineFunction(Host, "__wbg_length_7abf942ae12c9744", (object? value) => ((List<object?>)value!).Count);
        linker.DefineFunction(Host, "__wbg_length_fb04d16d7bdf6d4c", (object? value) => ((List<object?>)value!).Count);
        linker.DefineFunction(Host, "__wbg_iterator_9b36cebf3be7b7cd", () => (object?)"Symbol.iterator");

        // Those that the findings consist of.
        linker.DefineFunction(Host, "__wbg_new_0b303268aa395a38", () => (object?)new List<object?>());
        linker.DefineFunction(Host, "__wbg_new_20b778a4c5c691c3", () => (object?)new Dictionary<string, object?>(StringComparer.Ordinal));
        linker.DefineFunction(Host, "__wbg_set_da33c120a6584674", (object? array, int index, object? value) =>
            ((List<object?>)array!).Insert(index, value));
        linker.DefineFunction(Host, "__wbg_set_6be42768c690e380", (object? target, object? key, object? value) =>
        {
            ((Dictionary<string, object?>)target!)[(string)key!] = value;
        });
        linker.DefineFunction(Host, "__wbindgen_cast_0000000000000001", (double value) => (object?)value);
        linker.DefineFunction(Host, "__wbindgen_cast_0000000000000002", (long value) => (object?)value);
        linker.DefineFunction(Host, "__wbindgen_cast_0000000000000003", (int text, int length) => (object?)Read(text, length));
        linker.DefineFunction(Host, "__wbindgen_cast_0000000000000004", (long value) => (object?)value);

        // Errors are their text.
        linker.DefineFunction(Host, "__wbg_Error_9dc85fe1bc224456", (int text, int length) => (object?)Read(text, length));
        linker.DefineFunction(Host, "__wbg_new_5fae30e6b23db8df", (int text, int length) => (object?)Read(text, length));
        linker.DefineFunction(Host, "__wbg___wbindgen_throw_bbadd78c1bac3a77", (int text, int length) =>
        {
            throw new InvalidOperationException(Read(text, length));
        });

        linker.DefineFunction(Host, "__wbindgen_init_externref_table", () =>
        {
            var constants = (uint)_objects.Grow(4, Undefined);
            _objects.SetElement(0, Undefined);
            _objects.SetElement(constants, Undefined);
            _objects.SetElement(constants + 1, null);
            _objects.SetElement(constants + 2, true);
            _objects.SetElement(constants + 3, false);
        });
    }

    private static int Bit(bool value) => value ? 1 : 0;

    private static bool IsNothing(object? value) => value is null || value == Undefined;

    private static object? Property(object? value, object? key) =>
        ((Dictionary<string, object?>)value!).TryGetValue((string)key!, out var property) ? property : Undefined;

    private object? Take(int index)
    {
        var value = _objects.GetElement((uint)index);
        _forget(index);
        return value;
    }

    private string Read(int text, int length) => Encoding.UTF8.GetString(_memory.GetSpan((uint)text, length));

    private (int Text, int Length) Write(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var text = _allocate(length, 1);
        Encoding.UTF8.GetBytes(value, _memory.GetSpan((uint)text, length));
        return (text, length);
    }

    private void Return(int place, string? value)
    {
        var (text, length) = value is null ? (0, 0) : Write(value);
        _memory.WriteInt32(place + sizeof(int), length);
        _memory.WriteInt32(place, text);
    }
}
