using System.Globalization;
using System.Text.Json;

namespace VisionRollout.Rehearsal.Scenario;

/// <summary>A place in the scenario's JSON that notes what is wrong there and reads on with a stand-in value.</summary>
internal sealed class ScenarioNode(JsonElement? element, string path, List<string> problems)
{
    private bool IsObject => element is { ValueKind: JsonValueKind.Object };

    /// <summary>Notes every key that is not one of <paramref name="names"/>.</summary>
    public void Allow(params ReadOnlySpan<string> names)
    {
        if (!IsObject)
        {
            if (element is not null) problems.Add($"{path} must be an object");
            return;
        }

        foreach (var property in element!.Value.EnumerateObject())
        {
            if (!names.Contains(property.Name)) problems.Add($"{path}.{property.Name} is unknown");
        }
    }

    public bool Has(string name) => Find(name) is not null;

    public string Text(string name) => OptionalText(name) ?? Missing(name, string.Empty);

    public string? OptionalText(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        problems.Add($"{path}.{name} must be a text that is not empty");
        return string.Empty;
    }

    public string AsText()
    {
        if (element is { ValueKind: JsonValueKind.String } && element.Value.GetString() is { Length: > 0 } text) return text;
        problems.Add($"{path} must be a text that is not empty");
        return string.Empty;
    }

    public double Number(string name, double least, double most) => OptionalNumber(name, least, most) ?? Missing(name, least);

    public double? OptionalNumber(string name, double least, double most)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{name} must be a number from {least} to {most}"));
        return least;
    }

    public int Whole(string name, int least, int most, int fallback)
    {
        if (Find(name) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{name} must be a whole number from {least} to {most}"));
        return fallback;
    }

    public DateTimeOffset Time(string name)
    {
        if (Find(name) is not { } value) return Missing(name, DateTimeOffset.UnixEpoch);
        if (value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUniversalTime();
        }

        problems.Add($"{path}.{name} must be a time such as 2026-11-23T08:55:00Z");
        return DateTimeOffset.UnixEpoch;
    }

    public ScenarioNode Child(string name)
    {
        var child = Find(name);
        if (child is null) Missing(name, 0);
        return new ScenarioNode(child, $"{path}.{name}", problems);
    }

    public IEnumerable<ScenarioNode> Items(string name, bool required)
    {
        if (Find(name) is not { } list)
        {
            if (required) Missing(name, 0);
            return [];
        }

        if (list.ValueKind == JsonValueKind.Array)
            return list.EnumerateArray().Select((item, index) => new ScenarioNode(item, $"{path}.{name}[{index}]", problems));
        problems.Add($"{path}.{name} must be a list");
        return [];
    }

    public IEnumerable<KeyValuePair<string, ScenarioNode>> Entries()
    {
        if (IsObject)
        {
            return element!.Value.EnumerateObject().DistinctBy(property => property.Name).Select(property =>
                KeyValuePair.Create(property.Name, new ScenarioNode(property.Value, $"{path}.{property.Name}", problems)));
        }

        if (element is not null) problems.Add($"{path} must be an object");
        return [];
    }

    public Dictionary<string, string> Texts(string name) =>
        Child(name).Entries().ToDictionary(entry => entry.Key, entry => entry.Value.AsText(), StringComparer.Ordinal);

    private JsonElement? Find(string name) =>
        IsObject && element!.Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private T Missing<T>(string name, T fallback)
    {
        // A missing parent has been reported already; its members are not mistakes of their own.
        if (IsObject) problems.Add($"{path}.{name} is missing");
        return fallback;
    }
}
