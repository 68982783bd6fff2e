using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>The score test of Farrington and Manning (Statistics in Medicine 9, 1990) with Poisson arms at the 5 % level, each way:
/// as it is meant, once after the number of canary requests that its power calculation asks for, or, as it is often used, at every scrape.</summary>
internal sealed class FixedSampleRule(double delta, double sample, bool everyScrape) : ICanaryRule
{
    private const double NormalQuantile = 1.6448536269514722;
    private RateCounts counts;

    public RuleAnswer Answer { get; private set; }

    public void Add(string stage, RateCounts interval)
    {
        var before = counts.CanaryRequests;
        counts += interval;
        if (everyScrape || (before < sample && counts.CanaryRequests >= sample)) Test();
    }

    public void End()
    {
    }

    private void Test()
    {
        if (Answer != RuleAnswer.None) return;
        var (requests, errors) = (counts.Requests, counts.Errors);
        var half = errors - (requests * delta);
        var baseline = (half + Math.Sqrt((half * half) + (4 * requests * counts.BaselineErrors * delta))) / (2 * requests);
        var deviation = Math.Sqrt(((baseline + delta) / counts.CanaryRequests) + (baseline / counts.BaselineRequests));
        var score = (counts.CanaryRate - counts.BaselineRate - delta) / deviation;
        if (score < -NormalQuantile) Answer = RuleAnswer.Go;
        else if (score > NormalQuantile) Answer = RuleAnswer.NoGo;
    }
}
