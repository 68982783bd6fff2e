namespace VisionRollout.Rehearsal.Scenario;

/// <summary>How pods of one version behave.</summary>
/// <param name="ErrorRate">Share of demand answered with an error (0 to 1).</param>
/// <param name="LatencyMedianMs">Median latency in milliseconds.</param>
/// <param name="LatencyP99Ms">99th percentile of latency in milliseconds; at least the median.</param>
/// <param name="StartupSeconds">Virtual seconds from container start to ready.</param>
/// <param name="Cpu">CPU at nominal load as a share of the container's limit (0 to 1).</param>
/// <param name="Memory">Memory at nominal load as a share of the container's limit (0 to 1).</param>
public sealed record VersionProfile(
    double ErrorRate, double LatencyMedianMs, double LatencyP99Ms, double StartupSeconds, double Cpu, double Memory);
