using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>A threshold on the point estimate at every poll: NoGo after so many polls in which canary − baseline is above the tolerance
/// (Argo Rollouts: failureLimit 0, so one; Flagger: threshold 5, so five), Go when the dwell ends without.</summary>
internal sealed class ThresholdRule(double delta, int failures) : ICanaryRule
{
    private int failed;

    public RuleAnswer Answer { get; private set; }

    public void Add(string stage, RateCounts interval)
    {
        if (Answer != RuleAnswer.None || interval.CanaryRate - interval.BaselineRate < delta) return;
        if (++failed >= failures) Answer = RuleAnswer.NoGo;
    }

    public void End()
    {
        if (Answer == RuleAnswer.None) Answer = RuleAnswer.Go;
    }
}
