namespace VisionRollout.Rehearsal.Metrics;

/// <summary>What tells one series of requests from another, in Istio's labels.</summary>
/// <param name="Reporter"><c>source</c> or <c>destination</c>.</param>
/// <param name="Workload">The destination's Deployment; <c>unknown</c> when the request reached none.</param>
/// <param name="Host">The destination's Kubernetes Service.</param>
/// <param name="Version">The destination's version.</param>
/// <param name="Revision">The destination's canonical revision.</param>
/// <param name="Pod">The pod that reports.</param>
/// <param name="Code">The HTTP status.</param>
/// <param name="Flags">Envoy's response flags, <c>-</c> for none.</param>
internal readonly record struct RequestKey(
    string Reporter, string Workload, string Host, string Version, string Revision, string Pod, int Code, string Flags);
