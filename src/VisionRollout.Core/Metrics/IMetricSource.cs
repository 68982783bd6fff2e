namespace VisionRollout.Core.Metrics;

/// <summary>Raw request counters of the mesh.</summary>
public interface IMetricSource
{
    /// <summary>Reads the cumulative counters of every pod of the given Deployments, one query per metric.</summary>
    /// <param name="deployments">Names of the Deployments (destination workloads).</param>
    /// <param name="at">Evaluation time (UTC).</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException">The metric server does not answer.</exception>
    Task<MetricReading> ReadAsync(IReadOnlyCollection<string> deployments, DateTimeOffset at, CancellationToken token);
}
