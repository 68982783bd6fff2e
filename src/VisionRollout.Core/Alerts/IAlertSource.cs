namespace VisionRollout.Core.Alerts;

/// <summary>The alerts that fire.</summary>
public interface IAlertSource
{
    /// <summary>Active alerts, neither silenced nor inhibited.</summary>
    Task<IReadOnlyList<ActiveAlert>> ReadAsync(CancellationToken token);
}
