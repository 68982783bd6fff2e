namespace VisionRollout.Benchmarks.Judge;

/// <summary>What was said up to now.</summary>
[Flags]
internal enum RuleAnswer
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Promote.</summary>
    Go = 1,

    /// <summary>Roll back.</summary>
    NoGo = 2,

    /// <summary>Worse than the baseline.</summary>
    Regression = 4,
}
