namespace VisionRollout.Core.Errors;

/// <summary>The rollout was stopped (emergency stop) while something waited or was about to act.</summary>
public sealed class RolloutStoppedException(string by, string reason)
    : RolloutException("RolloutStopped", RolloutErrorKind.InvalidState, $"The rollout was stopped by {by}: {reason}",
        "Get-Traffic shows where traffic is; what is not back yet, the next start of the runbook puts back, or Stop-Rollout once more. Begin a new rollout when the cause is understood.");
