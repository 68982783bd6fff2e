namespace VisionRollout.Module.Tests.World;

/// <summary>Name of the collection whose tests share one cluster.</summary>
[CollectionDefinition(nameof(ClusterOfRollouts))]
public sealed class ClusterOfRollouts : RolloutCluster, ICollectionFixture<ClusterOfRollouts>;
