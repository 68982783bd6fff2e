using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases;

/// <summary>What a migration, or its undo, changed, as read from the database before and after.</summary>
public sealed record DatabaseMigrationResult
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Newest version before; null when there was none.</summary>
    public string? Before { get; init; }

    /// <summary>Newest version after; null when there is none.</summary>
    public string? After { get; init; }

    /// <summary>Versions applied, in order; empty when nothing was pending.</summary>
    public IReadOnlyList<string> Applied { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Versions taken back, newest first.</summary>
    public IReadOnlyList<string> Undone { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>True when any version was applied or taken back.</summary>
    public bool Changed => Applied.Count + Undone.Count > 0;

    /// <summary>Pod that the command ran in; empty when nothing had to run.</summary>
    public string Pod { get; init; } = "";

    /// <summary>Time it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The last lines of the command's output.</summary>
    public IReadOnlyList<string> Output { get; init => field = IndexedList.Of(value); } = [];
}
