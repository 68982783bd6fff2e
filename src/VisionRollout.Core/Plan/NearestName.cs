namespace VisionRollout.Core.Plan;

/// <summary>Finds the valid name that somebody most likely meant.</summary>
public static class NearestName
{
    private const int LongestList = 16;

    /// <summary>The candidate with the smallest distance to <paramref name="name"/>; null when none is near (more than a third of the letters and one differ).</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var limit = 1 + (name.Length / 3);
        return candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(name, candidate)))
            .Where(item => item.Distance <= limit)
            .OrderBy(item => item.Distance)
            .Select(item => item.Candidate)
            .FirstOrDefault();
    }

    /// <summary>A sentence for people: the nearest candidate, or all of them when none is near and they are few.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> candidates)
    {
        if (Find(name, candidates) is { } nearest) return $"Did you mean '{nearest}'?";
        return candidates.Count is 0 or > LongestList ? "" : $"Use one of: {string.Join(", ", candidates)}.";
    }

    /// <summary>Optimal string alignment distance without regard to case: insertions, deletions, replacements and swaps of neighbours count one each.</summary>
    public static int Distance(string left, string right)
    {
        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
