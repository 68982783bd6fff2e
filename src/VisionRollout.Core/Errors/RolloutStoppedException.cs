namespace VisionRollout.Core.Errors;

/// <summary>The rollout was stopped (emergency stop) while something waited or was about to act.</summary>
public sealed class RolloutStoppedException(string by, string reason)
    : RolloutException("RolloutStopped", RolloutErrorKind.InvalidState, $"The rollout was stopped by {by}: {reason}",
        "All traffic was put where it was last proven good. Start a new rollout when the cause is understood.");
