using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One pending migration.</summary>
/// <param name="Version">Version.</param>
/// <param name="Reversibility">Whether it can be taken back.</param>
/// <param name="Reason">Why.</param>
/// <param name="Duration">Length of its transaction on the scratch database.</param>
/// <param name="Findings">What the rules say about it as a whole.</param>
public sealed record PreflightMigration(string Version, Reversibility Reversibility, string Reason, TimeSpan Duration, IReadOnlyList<MigrationFinding> Findings)
{
    /// <summary>What the rules say about it as a whole.</summary>
    public IReadOnlyList<MigrationFinding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
