using VisionRollout.Core.Errors;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Which migrations may be taken back. Without a preflight in the journal nothing is known, and nothing is refused.</summary>
public static class UndoPolicy
{
    /// <summary>Refuses what cannot be taken back, and what would lose data that the new version may have written.</summary>
    /// <param name="state">The rollout; null: none.</param>
    /// <param name="service">The service.</param>
    /// <param name="versions">The versions to take back.</param>
    /// <param name="allowDataLoss">True when a person takes the loss of the new version's data.</param>
    /// <exception cref="RolloutException"><c>MigrationIrreversible</c> or <c>MigrationUndoLosesData</c>.</exception>
    public static void Require(RolloutState? state, string service, IReadOnlyCollection<string> versions, bool allowDataLoss)
    {
        if (state?.MigrationClasses.GetValueOrDefault(service) is not { } classes) return;
        var known = versions.Select(version => classes.GetValueOrDefault(version)).OfType<MigrationClass>().ToList();
        if (known.FirstOrDefault(item => item.Reversibility == Reversibility.Irreversible) is { } irreversible)
        {
            throw new RolloutException("MigrationIrreversible", RolloutErrorKind.InvalidState, $"The migration {irreversible.Version} of service '{service}' is irreversible: {irreversible.Reason}",
                "Leave the schema and serve with the previous version, or restore the backup with Restore-ServiceDatabase.", service) { Trigger = "migration" };
        }

        if (allowDataLoss || !state.NewVersionHadTraffic || known.FirstOrDefault(item => item.Reversibility == Reversibility.ReversibleWithDataLoss) is not { } losing) return;
        throw new RolloutException("MigrationUndoLosesData", RolloutErrorKind.InvalidState,
            $"The new version has had traffic, and taking back the migration {losing.Version} of service '{service}' loses what it wrote: {losing.Reason}",
            "Leave the schema and serve with the previous version; or take the loss with Undo-DatabaseMigration -AllowDataLoss.", service) { Trigger = "migration" };
    }
}
