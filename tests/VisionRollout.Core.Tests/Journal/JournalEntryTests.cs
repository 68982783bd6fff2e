using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Tests.Journal;

public sealed class JournalEntryTests
{
    public static TheoryData<string> Kinds => [.. SampleEntries.Kinds.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_comes_back_as_it_was(string kind)
    {
        var entry = SampleEntries.Make(SampleEntries.Kinds.Single(type => type.Name == kind));
        var json = JsonSerializer.Serialize(entry, JournalJson.Options);
        var back = JsonSerializer.Deserialize<JournalEntry>(json, JournalJson.Options)!;
        Assert.Equal(entry.GetType(), back.GetType());
        Assert.Equal(json, JsonSerializer.Serialize(back, JournalJson.Options));
        foreach (var property in entry.GetType().GetProperties().Where(property => property.SetMethod is not null))
            Assert.True(json.Contains($"\"{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}\":", StringComparison.Ordinal), $"{property.Name} is not written.");
        Assert.DoesNotContain('\n', json);
    }

    [Fact]
    public void Every_kind_has_a_name_of_its_own()
    {
        var named = typeof(JournalEntry).GetCustomAttributes<JsonDerivedTypeAttribute>().ToList();
        Assert.Equal(SampleEntries.Kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal), named.Select(item => item.DerivedType.Name).Order(StringComparer.Ordinal));
        Assert.Equal(named.Count, named.Select(item => item.TypeDiscriminator).Distinct().Count());
        Assert.All(named, item => Assert.Matches("^[a-z]+(-[a-z]+)+$", (string)item.TypeDiscriminator!));
    }

    [Fact]
    public void Numbers_that_JSON_has_no_word_for_come_back()
    {
        var entry = new TrafficMoved(new Dictionary<string, double>(), new Dictionary<string, double> { ["blue"] = 1 }, null, "", double.PositiveInfinity, double.NaN, "");
        var back = (TrafficMoved)JsonSerializer.Deserialize<JournalEntry>(JsonSerializer.Serialize<JournalEntry>(entry, JournalJson.Options), JournalJson.Options)!;
        Assert.Equal((double.PositiveInfinity, double.NaN), (back.Seconds, back.ObservedShare!.Value));
    }
}
