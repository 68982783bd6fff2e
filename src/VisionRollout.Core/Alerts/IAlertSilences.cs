namespace VisionRollout.Core.Alerts;

/// <summary>Silences of alerts.</summary>
public interface IAlertSilences
{
    /// <summary>Finds a silence that holds, with the same matchers and comment; null when there is none.</summary>
    Task<AlertSilence?> FindAsync(AlertSilence silence, CancellationToken token);

    /// <summary>Makes a silence and gives its identity.</summary>
    Task<string> AddAsync(AlertSilence silence, CancellationToken token);

    /// <summary>Ends a silence; one that has ended or is gone is no mistake.</summary>
    Task RemoveAsync(string id, CancellationToken token);
}
