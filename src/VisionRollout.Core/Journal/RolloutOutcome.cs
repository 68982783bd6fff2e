namespace VisionRollout.Core.Journal;

/// <summary>How a rollout ended.</summary>
public enum RolloutOutcome
{
    /// <summary>The new version serves everything and the success criteria are met.</summary>
    Succeeded,

    /// <summary>The old version serves everything again.</summary>
    RolledBack,

    /// <summary>An emergency stop ended it.</summary>
    Stopped,
}
