namespace VisionRollout.Core.Plan;

/// <summary>How a measured value must stand to its limit.</summary>
public enum Comparison
{
    /// <summary>Strictly above.</summary>
    Above,

    /// <summary>Strictly below.</summary>
    Below,

    /// <summary>Equal or above.</summary>
    AtLeast,

    /// <summary>Equal or below.</summary>
    AtMost,
}
