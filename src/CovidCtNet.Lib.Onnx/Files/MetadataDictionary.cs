using System.Collections;
using System.Diagnostics.CodeAnalysis;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf.Collections;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>The metadata of a model as a dictionary over its messages, so that the order of the file is kept. Of repeated keys the last counts, as in ONNX Runtime.</summary>
internal sealed class MetadataDictionary(RepeatedField<StringStringEntryProto> entries) : IDictionary<string, string>
{
    public ICollection<string> Keys => [.. entries.Select(e => e.Key).Distinct(StringComparer.Ordinal)];

    public ICollection<string> Values => [.. Keys.Select(k => this[k])];

    public int Count => Keys.Count;

    public bool IsReadOnly => false;

    public string this[string key]
    {
        get => Find(key)?.Value ?? throw new KeyNotFoundException($"The model has no metadata '{key}'.");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            ArgumentNullException.ThrowIfNull(value);
            if (Find(key) is { } entry)
            {
                entry.Value = value;
            }
            else
            {
                entries.Add(new StringStringEntryProto { Key = key, Value = value });
            }
        }
    }

    public void Add(string key, string value)
    {
        if (ContainsKey(key))
        {
            throw new ArgumentException($"The model has metadata '{key}' already.", nameof(key));
        }

        this[key] = value;
    }

    public bool ContainsKey(string key) => Find(key) is not null;

    public bool Remove(string key)
    {
        var removed = false;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Key == key)
            {
                entries.RemoveAt(i);
                removed = true;
            }
        }

        return removed;
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        value = Find(key)?.Value;
        return value is not null;
    }

    public void Clear() => entries.Clear();

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        Keys.Select(k => KeyValuePair.Create(k, this[k])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, string>>.Add(KeyValuePair<string, string> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, string>>.Contains(KeyValuePair<string, string> item) =>
        TryGetValue(item.Key, out var value) && value == item.Value;

    void ICollection<KeyValuePair<string, string>>.CopyTo(KeyValuePair<string, string>[] array, int arrayIndex)
    {
        foreach (var pair in this)
        {
            array[arrayIndex++] = pair;
        }
    }

    bool ICollection<KeyValuePair<string, string>>.Remove(KeyValuePair<string, string> item) =>
        TryGetValue(item.Key, out var value) && value == item.Value && Remove(item.Key);

    private StringStringEntryProto? Find(string key) => entries.LastOrDefault(e => e.Key == key);
}
