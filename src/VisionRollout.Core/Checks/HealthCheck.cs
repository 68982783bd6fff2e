namespace VisionRollout.Core.Checks;

/// <summary>One check of a health document.</summary>
/// <param name="Name">Key, e.g. <c>postgres:connections</c> or <c>external:payments</c>.</param>
/// <param name="ComponentType">component, datastore or system; empty when not given.</param>
/// <param name="Status">pass, warn or fail.</param>
/// <param name="Output">What it says when it does not pass; may be empty.</param>
public sealed record HealthCheck(string Name, string ComponentType, string Status, string Output);
