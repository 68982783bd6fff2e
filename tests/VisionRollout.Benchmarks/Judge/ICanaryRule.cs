using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>A way to decide one canary.</summary>
internal interface ICanaryRule
{
    /// <summary>What a rule says so far; what is said stays said.</summary>
    RuleAnswer Answer { get; }

    /// <summary>Takes the counts of one scrape.</summary>
    void Add(string stage, RateCounts interval);

    /// <summary>The dwell is over.</summary>
    void End();
}
