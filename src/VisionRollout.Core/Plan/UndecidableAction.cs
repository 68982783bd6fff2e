namespace VisionRollout.Core.Plan;

/// <summary>What the start of a rollout does when a canary stage can't be decided in its time at the present traffic.</summary>
public enum UndecidableAction
{
    /// <summary>A warning.</summary>
    Warn,

    /// <summary>Refuse to start.</summary>
    Refuse,
}
