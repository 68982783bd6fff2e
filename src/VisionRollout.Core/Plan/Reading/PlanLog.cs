namespace VisionRollout.Core.Plan.Reading;

/// <summary>Collects the mistakes of one reading, and where everything stands in the file.</summary>
internal sealed class PlanLog
{
    private readonly List<PlanProblem> problems = [];
    private readonly Dictionary<string, (int Line, int Column)> places = new(StringComparer.Ordinal);
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);

    /// <summary>Every mistake so far, in the order of the file.</summary>
    public IReadOnlyList<PlanProblem> Problems => [.. problems.OrderBy(item => item.Line).ThenBy(item => item.Column)];

    /// <summary>Remembers where the value with this path of keys stands.</summary>
    public void Place(string path, int line, int column) => places[path] = (line, column);

    /// <summary>Marks a value as not usable, so that no rule reports what follows from it.</summary>
    public void MarkBroken(string path) => broken.Add(path);

    /// <summary>Reports a mistake at a value; when that is not in the file, at what encloses it.</summary>
    public void Report(string path, string message, string suggestion = "")
    {
        var (line, column) = Find(path);
        ReportAt(line, column, path, message, suggestion);
        MarkBroken(path);
    }

    /// <summary>Reports a mistake at a place, without marking a value.</summary>
    public void ReportAt(int line, int column, string path, string message, string suggestion = "") =>
        problems.Add(new PlanProblem(line, column, path.Length == 0 ? "the plan" : path, message, suggestion));

    /// <summary>True when no mistake was found in this value, in what it holds or in what holds it.</summary>
    public bool IsSound(string path) => !broken.Any(item => Encloses(item, path) || Encloses(path, item));

    /// <summary>True when every path is sound.</summary>
    public bool AreSound(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (!IsSound(path)) return false;
        }

        return true;
    }

    private static bool Encloses(string outer, string inner) =>
        inner.StartsWith(outer, StringComparison.Ordinal)
        && (inner.Length == outer.Length || outer.Length == 0 || inner[outer.Length] is '.' or '[');

    private (int Line, int Column) Find(string path)
    {
        for (var end = path; end.Length > 0; end = end[..Math.Max(0, end.LastIndexOfAny(['.', '[']))])
        {
            if (places.TryGetValue(end, out var place)) return place;
        }

        return places.GetValueOrDefault("", (0, 0));
    }
}
