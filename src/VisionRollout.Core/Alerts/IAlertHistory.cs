namespace VisionRollout.Core.Alerts;

/// <summary>The alerts that have fired.</summary>
public interface IAlertHistory
{
    /// <summary>Episodes that overlap a time, in the order in which they began.</summary>
    /// <param name="from">Beginning (UTC).</param>
    /// <param name="until">End (UTC).</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException">The server that keeps them does not answer.</exception>
    Task<IReadOnlyList<AlertEpisode>> ReadAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken token);
}
