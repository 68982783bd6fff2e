using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Traffic;

/// <summary>Weights as the cluster stores them: whole per cent that add up to 100.</summary>
internal static class WholePercent
{
    private const double Tolerance = 1e-6;

    /// <summary>Turns shares into whole per cent.</summary>
    /// <exception cref="RolloutException">A share is no whole per cent, or they don't add up to 1.</exception>
    public static IReadOnlyDictionary<string, int> From(IReadOnlyDictionary<string, double> shares)
    {
        var percents = shares.ToDictionary(item => item.Key, item => (int)Math.Round(item.Value * 100), StringComparer.Ordinal);
        var exact = shares.All(item => item.Value is >= 0 and <= 1 && Math.Abs((item.Value * 100) - percents[item.Key]) < Tolerance * 100);
        return exact && percents.Values.Sum() == 100 ? percents
            : throw new RolloutException("WeightsInvalid", RolloutErrorKind.InvalidInput,
                $"The weights {string.Join(", ", shares.Select(item => FormattableString.Invariant($"{item.Key} {item.Value:P2}")))} cannot be stored: they must be whole per cent that add up to 100.",
                "Choose whole per cent for the stages in the plan.", shares);
    }

    /// <summary>Splits a whole among parts in proportion, by largest remainder; equally when all parts are 0.</summary>
    public static int[] Split(int whole, IReadOnlyList<double> parts)
    {
        var sum = parts.Sum();
        var exact = parts.Select(part => sum > 0 ? whole * part / sum : (double)whole / parts.Count).ToArray();
        var split = exact.Select(value => (int)Math.Floor(value + Tolerance)).ToArray();
        foreach (var index in Enumerable.Range(0, split.Length).OrderByDescending(index => exact[index] - split[index]).Take(whole - split.Sum())) split[index]++;
        return split;
    }
}
