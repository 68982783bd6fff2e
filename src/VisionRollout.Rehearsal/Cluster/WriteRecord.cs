namespace VisionRollout.Rehearsal.Cluster;

/// <summary>One mutating request that the Kubernetes API has carried out.</summary>
/// <param name="At">When, in cluster time.</param>
/// <param name="Verb">create, update, patch, delete or deletecollection.</param>
/// <param name="Resource">The plural resource name, with a subresource as in <c>deployments/scale</c>.</param>
/// <param name="Name">The object's name.</param>
/// <param name="User">The user's name.</param>
internal sealed record WriteRecord(DateTimeOffset At, string Verb, string Resource, string Name, string User);
