using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Journal;

namespace VisionRollout;

/// <summary>A step's output as it stands in the journal. The project's own types and plain values come back as they were;
/// other objects come back as property bags.</summary>
internal static class RecordedOutput
{
    private const string Bag = "properties";
    private const int MaxDepth = 6;

    private static readonly Dictionary<string, Type> Plain = new[]
    {
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(decimal),
        typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(Guid), typeof(Uri), typeof(Version),
    }.ToDictionary(type => type.Name);

    private static readonly Assembly[] Own = [typeof(JournalRecord).Assembly, typeof(Adapters.OutsideWorld).Assembly, typeof(RecordedOutput).Assembly];

    public static JsonElement Record(IEnumerable<object?> output)
    {
        var array = new JsonArray();
        foreach (var item in output) array.Add(Write(item, 0));
        return JsonSerializer.SerializeToElement(array, JournalJson.Options);
    }

    public static IEnumerable<object?> Replay(JsonElement output) => output.EnumerateArray().Select(Read);

    private static JsonObject? Write(object? value, int depth)
    {
        var inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (inner is null) return null;
        var type = inner.GetType();
        if (Plain.TryGetValue(type.Name, out var plain) && plain == type) return Typed(type.Name, JsonSerializer.SerializeToNode(inner, type, JournalJson.Options));
        if (type.IsEnum) return Typed(nameof(String), inner.ToString());
        if (IsOwn(type)) return Typed(type.FullName!, JsonSerializer.SerializeToNode(inner, type, JournalJson.Options));
        if (depth >= MaxDepth) return Typed(nameof(String), Convert.ToString(inner, CultureInfo.InvariantCulture));
        return inner switch
        {
            IDictionary map => Typed(Bag, Properties(map.Keys.Cast<object>().Select(key => (key.ToString()!, map[key])), depth)),
            IEnumerable list => Typed("list", new JsonArray([.. list.Cast<object?>().Select(item => (JsonNode?)Write(item, depth + 1))])),
            PSCustomObject => Typed(Bag, Properties(((PSObject)value!).Properties.Select(property => (property.Name, (object?)property.Value)), depth)),
            _ => Typed(nameof(String), Convert.ToString(inner, CultureInfo.InvariantCulture)),
        };
    }

    private static JsonObject Typed(string type, JsonNode? value) => new() { ["type"] = type, ["value"] = value };

    private static JsonObject Properties(IEnumerable<(string Name, object? Value)> properties, int depth)
    {
        var bag = new JsonObject();
        foreach (var (name, value) in properties) bag[name] = Write(value, depth + 1);
        return bag;
    }

    private static bool IsOwn(Type type) => Own.Contains(type.Assembly) && type.FullName is not null && !type.IsAbstract;

    private static object? Read(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.Null) return null;
        var name = item.GetProperty("type").GetString()!;
        var value = item.GetProperty("value");
        if (Plain.TryGetValue(name, out var plain)) return value.Deserialize(plain, JournalJson.Options);
        if (name == "list") return value.EnumerateArray().Select(Read).ToArray();
        if (name == Bag) return ReadBag(value);
        // A type of a newer or older module version that is not known here comes back as what it was written as.
        return Own.Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null) is { } own
            ? value.Deserialize(own, JournalJson.Options)
            : value.GetRawText();
    }

    private static PSObject ReadBag(JsonElement value)
    {
        var bag = new PSObject();
        foreach (var property in value.EnumerateObject()) bag.Properties.Add(new PSNoteProperty(property.Name, Read(property.Value)));
        return bag;
    }
}
