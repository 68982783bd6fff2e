using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Tests.Journal;

/// <summary>One entry of every kind, with every property set to something that is not its default.</summary>
internal static class SampleEntries
{
    public static IReadOnlyList<Type> Kinds { get; } = [.. typeof(JournalEntry).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JournalEntry)) && !type.IsAbstract)];

    public static JournalEntry Make(Type kind) => (JournalEntry)Value(kind, kind.Name)!;

    private static object? Value(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return name + " ü\"\n🚀";
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return 7;
        if (type == typeof(long)) return 5_000_000_000;
        if (type == typeof(double)) return 0.12345;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 11, 23, 9, 30, 1, 234, TimeSpan.Zero);
        if (type == typeof(DateOnly)) return new DateOnly(2026, 11, 23);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(90.5);
        if (type == typeof(JsonElement)) return JsonDocument.Parse("""[{"type":"Int32","value":3}]""").RootElement;
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type.IsGenericType) return Collection(type, name);
        return Record(type);
    }

    private static object Collection(Type type, string name)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            map["green"] = Value(arguments[1], name);
            map["blue"] = Value(arguments[1], name);
            return map;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
        list.Add(Value(arguments[0], name));
        list.Add(Value(arguments[0], name));
        return list;
    }

    private static object Record(Type type)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is not null))
            property.SetValue(made, Value(property.PropertyType, property.Name));
        return made;
    }
}
