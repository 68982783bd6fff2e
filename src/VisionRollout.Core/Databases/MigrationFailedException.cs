using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Databases;

/// <summary>A migration, or its undo, did not end well. Part of it may have been done: <see cref="Result"/> says what, as read from the database.</summary>
public sealed class MigrationFailedException : RolloutException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="id">Stable error id.</param>
    /// <param name="kind">What kind of trouble it is.</param>
    /// <param name="message">What happened, to which service, in which pod.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="result">What was done all the same.</param>
    /// <param name="inner">The cause.</param>
    public MigrationFailedException(string id, RolloutErrorKind kind, string message, string remedy, DatabaseMigrationResult result, Exception? inner = null)
        : base(id, kind, message, remedy, result.Service, inner)
    {
        Result = result;
        Trigger = "migration";
    }

    /// <summary>What was done all the same.</summary>
    public DatabaseMigrationResult Result { get; }
}
