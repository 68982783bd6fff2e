using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A rollout began.</summary>
/// <param name="Id">Identity of the rollout.</param>
/// <param name="Plan">Name of the plan.</param>
/// <param name="PlanPath">File of the plan.</param>
/// <param name="PlanHash">SHA-256 of the plan.</param>
/// <param name="Environment">Environment.</param>
/// <param name="Version">Version that is rolled out.</param>
/// <param name="FromVersion">Version that is live at the start.</param>
/// <param name="FromColour">Live colour at the start.</param>
/// <param name="ToColour">Colour that becomes live.</param>
/// <param name="Day">Day of the timeline (UTC).</param>
/// <param name="StartedBy">Identity in the cluster of who started it.</param>
/// <param name="KnownAlerts">Fingerprints of the alerts that fired before the start.</param>
public sealed record RolloutStarted(string Id, string Plan, string PlanPath, string PlanHash, string Environment, string Version, string FromVersion, string FromColour, string ToColour, DateOnly Day, string StartedBy, IReadOnlyList<string> KnownAlerts) : JournalEntry
{
    /// <summary>Fingerprints of the alerts that fired before.</summary>
    public IReadOnlyList<string> KnownAlerts { get; init => field = IndexedList.Of(value); } = IndexedList.Of(KnownAlerts);
}
