namespace VisionRollout.Core.Plan;

/// <summary>A channel for messages.</summary>
/// <param name="Name">Name, e.g. <c>#deployment-status</c> or <c>Status page</c>.</param>
/// <param name="Kind">Chat or StatusPage.</param>
/// <param name="Purpose">What it is for.</param>
public sealed record PlanChannel(string Name, ChannelKind Kind, string Purpose);
