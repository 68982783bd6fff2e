namespace VisionRollout.Core.Alerts;

/// <summary>An alert that fires.</summary>
/// <param name="Fingerprint">Its identity.</param>
/// <param name="Name">Label alertname.</param>
/// <param name="Severity">Label severity, lower case; empty when it has none.</param>
/// <param name="StartedAt">Since when (UTC).</param>
/// <param name="Labels">All labels.</param>
/// <param name="Summary">Annotation summary or description.</param>
public sealed record ActiveAlert(string Fingerprint, string Name, string Severity, DateTimeOffset StartedAt, IReadOnlyDictionary<string, string> Labels, string Summary);
