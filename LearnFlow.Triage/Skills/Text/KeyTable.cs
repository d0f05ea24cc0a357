using System.Numerics;

namespace LearnFlow.Triage.Skills;

/// <summary>
/// A table from keys, which are spread evenly already, to numbers from 0 up; open addressing, at most half full. It is
/// asked several times for each word, where a dictionary would hash the hash again.
/// </summary>
internal sealed class KeyTable
{
    private readonly ulong[] _keys;
    private readonly int[] _values;
    private readonly int _mask;

    /// <summary>Makes room.</summary>
    /// <param name="capacity">The most keys that it will hold.</param>
    public KeyTable(int capacity)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, capacity * 2));
        _keys = new ulong[size];
        _values = new int[size];
        _mask = size - 1;
    }

    /// <summary>The number of a key, or -1.</summary>
    /// <param name="key">The key.</param>
    public int Find(ulong key) => _values[SlotOf(key)] - 1;

    /// <summary>Adds a key unless it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its number.</param>
    public void TryAdd(ulong key, int value)
    {
        var slot = SlotOf(key);
        if (_values[slot] == 0)
        {
            (_keys[slot], _values[slot]) = (key, value + 1);
        }
    }

    /// <summary>Sets a key's number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its new number.</param>
    /// <returns>Its number before, or -1.</returns>
    public int Exchange(ulong key, int value)
    {
        var slot = SlotOf(key);
        var before = _values[slot] - 1;
        (_keys[slot], _values[slot]) = (key, value + 1);
        return before;
    }

    /// <summary>The slot that holds a key, or the empty one where it belongs.</summary>
    private int SlotOf(ulong key)
    {
        var slot = (int)(key ^ (key >> 32)) & _mask;
        while (_values[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }
}
