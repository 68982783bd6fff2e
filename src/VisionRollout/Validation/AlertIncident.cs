using VisionRollout.Core.Alerts;

namespace VisionRollout;

/// <summary>A real incident that people have recorded.</summary>
/// <param name="Name">What it was; may be empty.</param>
/// <param name="From">When it began (UTC).</param>
/// <param name="Until">When it ended (UTC).</param>
/// <param name="Alert">Name of the alert that it explains; empty for any.</param>
internal sealed record AlertIncident(string Name, DateTimeOffset From, DateTimeOffset Until, string Alert)
{
    /// <summary>True when the alert fired in its time.</summary>
    public bool Explains(AlertEpisode episode) =>
        episode.From <= Until && episode.Until >= From && (Alert.Length == 0 || string.Equals(Alert, episode.Name, StringComparison.OrdinalIgnoreCase));
}
