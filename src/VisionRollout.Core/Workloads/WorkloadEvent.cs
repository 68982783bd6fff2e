namespace VisionRollout.Core.Workloads;

/// <summary>A Kubernetes event about a pod or Deployment.</summary>
/// <param name="At">When it was last seen (UTC).</param>
/// <param name="Type">Normal or Warning.</param>
/// <param name="Reason">Short reason, e.g. FailedScheduling.</param>
/// <param name="Subject">Kind/name of the object.</param>
/// <param name="Message">The message.</param>
public sealed record WorkloadEvent(DateTimeOffset At, string Type, string Reason, string Subject, string Message);
