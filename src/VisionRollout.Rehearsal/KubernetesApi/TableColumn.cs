using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>A column of a table that clients such as kubectl print.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Cell">The cell of an object, given the cluster's time.</param>
/// <param name="IsWide">Whether it is shown only with <c>-o wide</c>.</param>
/// <param name="Type">string or integer.</param>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, bool IsWide = false, string Type = "string");
