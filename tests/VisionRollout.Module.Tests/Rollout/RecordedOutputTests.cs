using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using VisionRollout.Core.Journal;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>What steps write, as it comes back from the journal; and as PowerShell sees its lists.</summary>
public sealed class RecordedOutputTests
{
    // Connections, processes and files: no step keeps them.
    private static readonly string[] NoOutputOfSteps = [nameof(RolloutSession), nameof(VisionRollout.RehearsalCluster), "RolloutPlan", "PlanMistake"];

    public static TheoryData<Type> Outputs => [.. typeof(RolloutSession).Assembly.GetExportedTypes()
        .Concat(typeof(RolloutSession).Assembly.GetTypes())
        .SelectMany(type => type.GetCustomAttributes<OutputTypeAttribute>())
        .SelectMany(attribute => attribute.Type)
        .Select(name => name.Type)
        .Where(type => type?.Namespace?.StartsWith("VisionRollout", StringComparison.Ordinal) == true && !NoOutputOfSteps.Contains(type.Name))
        .Distinct()];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Every_output_comes_back_as_it_was(Type type)
    {
        var output = Make(type);
        var recorded = RecordedOutput.Record([output]);
        var back = Assert.Single(RecordedOutput.Replay(JsonDocument.Parse(recorded.GetRawText()).RootElement));
        Assert.Equal(type, back!.GetType());
        Assert.Equal(Text(output), Text(back));
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Lists_of_every_output_can_be_indexed(Type type)
    {
        foreach (var (owner, property) in Lists(type, []))
        {
            var item = property.PropertyType.GetGenericArguments()[0];
            var readOnly = typeof(RecordedOutputTests).GetMethod(nameof(CompilerMade), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).Invoke(null, null)!;
            Assert.False(CanBeIndexed(readOnly)); // else nothing is shown here
            var made = RuntimeHelpers.GetUninitializedObject(owner);
            property.SetValue(made, readOnly);
            Assert.True(CanBeIndexed(property.GetValue(made)!), $"{owner.Name}.{property.Name}");
            foreach (var constructor in owner.GetConstructors().Where(constructor => constructor.GetParameters().Any(parameter => parameter.Name == property.Name)))
            {
                var built = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.Name == property.Name ? readOnly : parameter.ParameterType.IsValueType ? RuntimeHelpers.GetUninitializedObject(parameter.ParameterType) : null)]);
                Assert.True(CanBeIndexed(property.GetValue(built)!), $"{owner.Name}({property.Name})");
            }
        }
    }

    [Fact]
    public async Task PowerShell_indexes_what_outputs_hold_and_not_what_the_compiler_makes()
    {
        using var shell = ModuleHost.Bare();
        Assert.Equal(["b"], (await shell.RunAsync("param($x) $x[1]", Core.Evidence.IndexedList.Of(CompilerMadeTexts()))).As<string>());
        Assert.DoesNotContain("b", (await shell.RunAsync("param($x) $x[1]", CompilerMadeTexts())).Output.Select(item => item?.BaseObject));
    }

    [Fact]
    public void Plain_values_bags_and_lists_come_back()
    {
        object?[] output = ["text", 5, 7L, 2.5, 1.5m, true, TimeSpan.FromSeconds(1), new DateTime(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc), Guid.Empty, new Uri("https://example.org"), new Version(1, 2), null, new object[] { 1, "two" }, new Hashtable { ["A"] = 1 }];
        var back = RecordedOutput.Replay(RecordedOutput.Record(output)).ToArray();
        Assert.Equal(output.SkipLast(2), back.SkipLast(2));
        Assert.Equal([1, "two"], Assert.IsType<object[]>(back[^2]));
        Assert.Equal(1, ((PSObject)back[^1]!).Properties["A"].Value);
    }

    private static IReadOnlyList<string> CompilerMadeTexts() => ["a", "b"];

    private static IReadOnlyList<T> CompilerMade<T>() => [default!, default!];

    // As PowerShell: by a public indexer of a public type, or as an array.
    private static bool CanBeIndexed(object list) => list is Array || (list.GetType().IsPublic && list.GetType().GetDefaultMembers().OfType<PropertyInfo>().Any());

    private static IEnumerable<(Type Owner, PropertyInfo Property)> Lists(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.IsEnum || type.Namespace?.StartsWith("VisionRollout", StringComparison.Ordinal) != true) yield break;
        foreach (var property in type.GetProperties())
        {
            var isList = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
            if (isList && property.SetMethod is not null) yield return (type, property);
            foreach (var inner in Lists(isList ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType, seen)) yield return inner;
        }
    }

    private static string Text(object value) => JsonSerializer.Serialize(value, value.GetType(), JournalJson.Options);

    // What holds others of its own kind holds one here, which holds none.
    private static object Make(Type type, params Type[] within)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is not null && property.GetCustomAttribute<JsonIgnoreAttribute>() is null))
            property.SetValue(made, Value(property.PropertyType, [.. within, type]));
        return made;
    }

    private static object? Value(Type type, Type[] within)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "text ü\"\n";
        if (type == typeof(bool)) return true;
        if (type == typeof(Uri)) return new Uri("https://example.org/x");
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 11, 23, 9, 30, 1, TimeSpan.Zero);
        if (type == typeof(DateTime)) return new DateTime(2026, 11, 23, 9, 30, 1, DateTimeKind.Utc);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(90.5);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(1);
        if (type.IsPrimitive) return Convert.ChangeType(3, type, System.Globalization.CultureInfo.InvariantCulture);
        if (!type.IsGenericType) return type.Namespace?.StartsWith("VisionRollout", StringComparison.Ordinal) == true ? Make(type, within) : null;
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            map["green"] = Value(arguments[1], within);
            return map;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
        if (within.Count(outer => outer == arguments[0]) < 2) list.Add(Value(arguments[0], within));
        return list;
    }
}
