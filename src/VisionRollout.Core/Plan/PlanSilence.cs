namespace VisionRollout.Core.Plan;

/// <summary>Alerts that a release itself causes, silenced for its time.</summary>
/// <param name="Alert">Name of the alert.</param>
/// <param name="Label">Label by which the alert tells whom it is about: a Deployment, a version or a colour. The silence covers the new version's.</param>
/// <param name="For">For how long, above zero and at most 24 hours.</param>
/// <param name="Reason">Why.</param>
public sealed record PlanSilence(string Alert, string Label, TimeSpan For, string Reason);
