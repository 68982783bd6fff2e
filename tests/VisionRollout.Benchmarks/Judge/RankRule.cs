using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>Kayenta's rule: Mann–Whitney on the points of the two time series, once, when the dwell ends. Fail when the lower end of the
/// 98 % interval of the Hodges–Lehmann shift is above a quarter of the shift (its defaults); everything else passes.</summary>
internal sealed class RankRule(int pointEvery) : ICanaryRule
{
    private const double Tolerance = 0.25;
    private const double NormalQuantile = 2.3263478740408408;
    private readonly List<double> canary = [];
    private readonly List<double> baseline = [];
    private RateCounts open;
    private int scrapes;

    public RuleAnswer Answer { get; private set; }

    public void Add(string stage, RateCounts interval)
    {
        open += interval;
        if (++scrapes % pointEvery != 0) return;
        canary.Add(open.CanaryRate);
        baseline.Add(open.BaselineRate);
        open = default;
    }

    public void End()
    {
        var differences = new double[canary.Count * baseline.Count];
        var at = 0;
        foreach (var left in canary)
        {
            foreach (var right in baseline) differences[at++] = left - right;
        }

        Array.Sort(differences);
        double count = canary.Count;
        var rank = (int)Math.Max(0, Math.Floor((differences.Length / 2.0) - (NormalQuantile * Math.Sqrt(count * count * ((2 * count) + 1) / 12))));
        var shift = differences.Length == 0 ? 0 : differences[differences.Length / 2];
        Answer = differences.Length > 0 && differences[rank] > Tolerance * Math.Abs(shift) ? RuleAnswer.NoGo : RuleAnswer.Go;
    }
}
