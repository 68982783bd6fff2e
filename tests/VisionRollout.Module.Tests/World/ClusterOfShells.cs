namespace VisionRollout.Module.Tests.World;

/// <summary>Name of a second collection with a cluster of its own, whose tests wait for other shells and machines by the machine's clock while the first one works.</summary>
[CollectionDefinition(nameof(ClusterOfShells))]
public sealed class ClusterOfShells : RolloutCluster, ICollectionFixture<ClusterOfShells>;
