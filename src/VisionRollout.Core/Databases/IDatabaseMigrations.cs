namespace VisionRollout.Core.Databases;

/// <summary>Runs the plan's migration commands and watches the database while they run.</summary>
public interface IDatabaseMigrations
{
    /// <summary>Runs the plan's migration command. Nothing pending is a result without change.</summary>
    /// <exception cref="MigrationFailedException"><c>MigrationFailed</c>, <c>MigrationBlocked</c> or <c>MigrationTimeout</c>, with trigger <c>migration</c>.</exception>
    Task<DatabaseMigrationResult> MigrateAsync(MigrationRequest request, CancellationToken token);

    /// <summary>Ends what a migration that nobody waits for any more still runs in the database: the connections of the process that holds the tool's lock
    /// on <c>schema_migrations</c>, where they are those of the service's own user. The command in the pod gets an error from the database and ends.
    /// Whoever else has a table locked for a change of the schema is told and not touched. A tool that locks nothing and only changes rows can't be found so.</summary>
    /// <exception cref="Errors.RolloutException"><c>MigrationStillRuns</c> when a tool's lock is held, or the schema is being changed, for 5 s all the same;
    /// or the database can't be reached.</exception>
    Task EndInterruptedAsync(MigrationRequest request, CancellationToken token);

    /// <summary>Takes migrations back with the plan's undo command and confirms that they are gone.</summary>
    /// <param name="request">Where.</param>
    /// <param name="versions">The versions to take back; those that are not applied are left out, and none left is a result without change.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="Errors.RolloutException"><c>MigrationIrreversible</c> when the plan names no undo command, <c>MigrationUndoFailed</c> (a <see cref="MigrationFailedException"/>) otherwise.</exception>
    Task<DatabaseMigrationResult> UndoAsync(MigrationRequest request, IReadOnlyCollection<string> versions, CancellationToken token);
}
