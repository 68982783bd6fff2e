namespace VisionRollout.Core.Plan;

/// <summary>A thing that a contingency does.</summary>
public enum ContingencyAction
{
    /// <summary>Takes back the migrations of this rollout, newest first, where they can be taken back.</summary>
    UndoMigrations,

    /// <summary>Puts all traffic back on the old version.</summary>
    RollBackTraffic,

    /// <summary>Switches the affected services' fallback on.</summary>
    EnableFallback,

    /// <summary>Scales the colour that serves.</summary>
    ScaleUp,
}
