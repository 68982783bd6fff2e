using System.Text.Json.Nodes;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>The manifests of one service.</summary>
/// <param name="Deployment">Its Deployment.</param>
/// <param name="ConfigMaps">ConfigMaps that come with it.</param>
/// <param name="Others">Everything else, as <c>Service 'business'</c>: what both colours share is no part of bringing one of them up.</param>
internal sealed record ServiceManifests(JsonObject Deployment, IReadOnlyList<JsonObject> ConfigMaps, IReadOnlyList<string> Others);
