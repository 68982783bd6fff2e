using VisionRollout.Core.Errors;

namespace VisionRollout.Module.Tests.Rollout;

/// <summary>Failures for scripts to throw: a trigger can only be set when the failure is made.</summary>
public static class Failures
{
    /// <summary>The new version is too slow.</summary>
    public static RolloutException Latency() => new("TooSlow", RolloutErrorKind.Failed, "It is too slow.") { Trigger = "latency" };
}
