namespace VisionRollout.Core.Plan.Reading;

/// <summary>A hashtable that is being read. Asking for a key declares it: what was never asked for is an unknown key.</summary>
internal sealed class PlanSection
{
    private readonly PlanMap? map;
    private readonly PlanLog log;
    private readonly List<string> known = [];
    private readonly List<string> missing = [];

    private PlanSection(PlanMap? map, string path, PlanLog log)
    {
        this.map = map;
        Path = path;
        this.log = log;
    }

    /// <summary>Path of keys of this section.</summary>
    public string Path { get; }

    /// <summary>Reads a section: the function asks for its keys, what is left over is reported.</summary>
    public static T Read<T>(PlanCursor cursor, Func<PlanSection, T> read)
    {
        var section = new PlanSection((PlanMap)cursor.Node, cursor.Path, cursor.Log);
        section.ReportRepeatedKeys();
        var value = read(section);
        section.ReportUnknownAndMissingKeys();
        return value;
    }

    /// <summary>What a section is that is not there.</summary>
    public static T Empty<T>(Func<PlanSection, T> read) => read(new PlanSection(null, "", new PlanLog()));

    /// <summary>A key that must be there.</summary>
    public T Required<T>(string key, PlanValue<T> kind)
    {
        known.Add(key);
        if (Find(key) is { } entry) return Read(entry, key, kind);
        missing.Add(key);
        return kind.Empty;
    }

    /// <summary>A key that may be left out (or be $null).</summary>
    public T Optional<T>(string key, PlanValue<T> kind, T standard)
    {
        known.Add(key);
        return Find(key) is { } entry ? Read(entry, key, kind) : standard;
    }

    /// <summary>A key that may be left out (or be $null) and then is null.</summary>
    public T? OptionalOrNull<T>(string key, PlanValue<T> kind)
        where T : class
    {
        known.Add(key);
        return Find(key) is { } entry ? Read(entry, key, kind) : null;
    }

    /// <summary>A key that may be left out (or be $null) and then has no value.</summary>
    public T? OptionalOrNone<T>(string key, PlanValue<T> kind)
        where T : struct
    {
        known.Add(key);
        return Find(key) is { } entry ? Read(entry, key, kind) : null;
    }

    /// <summary>A key that has no place here although its name is valid elsewhere.</summary>
    public void Forbidden(string key, string message, string suggestion)
    {
        known.Add(key);
        if (Find(key) is { } entry) log.ReportAt(entry.Line, entry.Column, PathOf(key), message, suggestion);
    }

    private T Read<T>(PlanEntry entry, string key, PlanValue<T> kind)
    {
        var path = PathOf(key);
        log.Place(path, entry.Value.Line, entry.Value.Column);
        return kind.Read(new PlanCursor(entry.Value, path, log));
    }

    private PlanEntry? Find(string key) =>
        map?.Entries.FirstOrDefault(entry => Same(entry.Key, key) && entry.Value is not PlanScalar { Value: null });

    private void ReportRepeatedKeys()
    {
        foreach (var group in map!.Entries.GroupBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var entry in group.Skip(1))
            {
                log.ReportAt(entry.Line, entry.Column, PathOf(entry.Key),
                    $"the key '{entry.Key}' stands here twice, first in line {group.First().Line}.", "Keep one of them.");
            }
        }
    }

    private void ReportUnknownAndMissingKeys()
    {
        var unknown = map!.Entries.Where(entry => !known.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)).ToArray();
        foreach (var entry in unknown)
        {
            log.ReportAt(entry.Line, entry.Column, PathOf(entry.Key), $"there is no key '{entry.Key}' here.", NearestName.Suggest(entry.Key, known));
        }

        // A misspelt key is one mistake, not two.
        var meant = unknown.Select(entry => NearestName.Find(entry.Key, known)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var key in missing)
        {
            if (!meant.Contains(key)) log.ReportAt(map.Line, map.Column, PathOf(key), $"the key '{key}' is missing{Named()}.", $"Add {key} = ….");
            log.MarkBroken(PathOf(key));
        }
    }

    private string Named() => Find("Name")?.Value is PlanScalar { Value: string name } ? $" for '{name}'" : "";

    private string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
