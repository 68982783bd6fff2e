namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Who a bearer token stands for.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">The groups; <c>system:masters</c> may do everything.</param>
internal sealed record ApiUser(string Name, IReadOnlyList<string> Groups);
