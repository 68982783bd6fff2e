namespace VisionRollout.Core.Plan;

/// <summary>One canary stage.</summary>
/// <param name="Weight">The new colour's share, 0 to 1.</param>
/// <param name="Dwell">How long it stays.</param>
public sealed record PlanStage(double Weight, TimeSpan Dwell)
{
    /// <summary>Weight in per cent.</summary>
    public int Percent => (int)Math.Round(Weight * 100);
}
