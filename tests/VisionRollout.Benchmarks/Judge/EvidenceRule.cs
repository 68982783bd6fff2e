using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>This module's judge, asked after every scrape.</summary>
internal sealed class EvidenceRule : ICanaryRule
{
    private readonly RateJudge judge = new(new RateJudgeSettings());

    public EvidenceRule() => judge.Learn(1_000_000, 1_000_000 * Scenario.BaselineRate);

    public RuleAnswer Answer { get; private set; }

    public void Add(string stage, RateCounts interval)
    {
        judge.Add(stage, interval);
        var (verdict, worse) = judge.Decide();
        if (verdict == Verdict.Go) Answer |= RuleAnswer.Go;
        if (verdict == Verdict.NoGo) Answer |= RuleAnswer.NoGo;
        if (worse) Answer |= RuleAnswer.Regression;
    }

    public void End()
    {
    }
}
