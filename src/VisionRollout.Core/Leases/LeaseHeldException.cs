using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Leases;

/// <summary>Somebody else runs a rollout in the environment, and lives.</summary>
/// <param name="environment">The environment.</param>
/// <param name="holder">Who, from where, since when, for people.</param>
public sealed class LeaseHeldException(string environment, string holder)
    : RolloutException("LeaseHeld", RolloutErrorKind.Conflict, $"'{environment}' is being written by {holder}.",
        "Wait until it has ended, or end it on purpose: Stop-Rollout -Emergency and Undo-Rollout take over at once.", environment);
