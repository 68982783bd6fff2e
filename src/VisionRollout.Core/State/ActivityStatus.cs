namespace VisionRollout.Core.State;

/// <summary>Status of a phase or step.</summary>
public enum ActivityStatus
{
    /// <summary>Not started.</summary>
    Pending,

    /// <summary>Started and not ended (or interrupted by a crash).</summary>
    Running,

    /// <summary>Done.</summary>
    Completed,

    /// <summary>Failed.</summary>
    Failed,
}
