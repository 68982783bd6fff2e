using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>What Watch-Canary asks on error rates: the judge, and the guard on late faults unless it is left out, each with a third of α for a NoGo
/// (response times have the last third).</summary>
internal sealed class GuardedRule : ICanaryRule
{
    private static readonly RateJudgeSettings Settings = new() { Metrics = 3 };
    private readonly RateJudge judge = new(Settings);
    private readonly LateFaultGuard? guard;

    public GuardedRule(bool guarded)
    {
        guard = guarded ? new LateFaultGuard(Settings) : null;
        judge.Learn(1_000_000, 1_000_000 * Scenario.BaselineRate);
        guard?.Learn(1_000_000, 1_000_000 * Scenario.BaselineRate);
    }

    public RuleAnswer Answer { get; private set; }

    public void Add(string stage, RateCounts interval)
    {
        guard?.Add(stage, interval, judge.Dispersion);
        judge.Add(stage, interval);
        var (verdict, worse) = judge.Decide();
        if (verdict == Verdict.Go) Answer |= RuleAnswer.Go;
        if (verdict == Verdict.NoGo || guard is { IsNoGo: true }) Answer |= RuleAnswer.NoGo;
        if (worse) Answer |= RuleAnswer.Regression;
    }

    public void End()
    {
    }
}
