namespace VisionRollout.Core.Evidence;

/// <summary>The three answers that a check can give. No data is never <see cref="Go"/>.</summary>
public enum Verdict
{
    /// <summary>The evidence does not decide; the reason says what is missing.</summary>
    Undecided,

    /// <summary>The criterion is shown to be met.</summary>
    Go,

    /// <summary>The criterion is shown to be broken.</summary>
    NoGo,
}
