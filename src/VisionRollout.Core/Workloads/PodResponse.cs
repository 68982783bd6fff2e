namespace VisionRollout.Core.Workloads;

/// <summary>Answer of a pod or Service to an HTTP request through the API server's proxy.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Body">The body as text.</param>
public sealed record PodResponse(int Status, string Body);
