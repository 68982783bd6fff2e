namespace VisionRollout.Rehearsal.Alerts;

/// <summary>A request that Alertmanager answers with 400.</summary>
internal sealed class AlertRequestException(string message) : Exception(message);
