namespace VisionRollout.Core.Databases.Migrations;

/// <summary>What a rule says about a statement, the worst last.</summary>
public enum MigrationVerdict
{
    /// <summary>Nothing against it.</summary>
    Ok,

    /// <summary>Something to know.</summary>
    Warning,

    /// <summary>It breaks the version that is still serving.</summary>
    Breaks,

    /// <summary>It blocks the version that is still serving: a lock that is held too long, or a table that is written anew.</summary>
    Blocks,

    /// <summary>It does not run on this data.</summary>
    Fails,
}
