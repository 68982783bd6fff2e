using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>What a pod knows of the world around it.</summary>
internal sealed record PodWorld(
    RehearsalScenario Scenario, IClusterClock Clock, MeshView Mesh, IActiveFaults Faults, IServiceDatabases Databases, HttpClient Peers);
