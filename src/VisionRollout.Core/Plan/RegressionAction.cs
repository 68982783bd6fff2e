namespace VisionRollout.Core.Plan;

/// <summary>What a proven regression that is within the tolerance does.</summary>
public enum RegressionAction
{
    /// <summary>A warning.</summary>
    Warn,

    /// <summary>Hold the stage.</summary>
    Hold,

    /// <summary>Roll back.</summary>
    RollBack,
}
