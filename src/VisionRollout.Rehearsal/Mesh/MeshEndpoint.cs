namespace VisionRollout.Rehearsal.Mesh;

/// <summary>A ready address behind a Service.</summary>
/// <param name="Address">Its <c>host:port</c>.</param>
/// <param name="Pod">The pod that listens there.</param>
internal sealed record MeshEndpoint(string Address, PodIdentity Pod);
