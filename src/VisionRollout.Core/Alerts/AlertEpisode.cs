namespace VisionRollout.Core.Alerts;

/// <summary>A time during which an alert fired.</summary>
/// <param name="Name">Label alertname.</param>
/// <param name="Severity">Label severity, lower case; empty when it has none.</param>
/// <param name="Labels">All labels.</param>
/// <param name="From">When it began to fire (UTC).</param>
/// <param name="Until">When it was last seen firing (UTC).</param>
public sealed record AlertEpisode(string Name, string Severity, IReadOnlyDictionary<string, string> Labels, DateTimeOffset From, DateTimeOffset Until);
