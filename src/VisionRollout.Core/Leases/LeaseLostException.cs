using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Leases;

/// <summary>The lease is somebody else's by now: this session must not write any more.</summary>
/// <param name="environment">The environment.</param>
/// <param name="fence">Fencing number that this session had.</param>
/// <param name="now">Who holds it now, for people.</param>
public sealed class LeaseLostException(string environment, long fence, string now)
    : RolloutException("LeaseLost", RolloutErrorKind.Conflict,
        $"This session no longer runs the rollout in '{environment}' (its fencing number was {fence}): the lease is held by {now}.",
        "Nothing more is written from here. The rollout goes on where the lease is now; Get-Rollout shows how far it is.", environment);
