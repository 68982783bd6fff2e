namespace VisionRollout.Core.Databases;

/// <summary>How a table differs between two ledgers.</summary>
public enum TableChangeKind
{
    /// <summary>Same rows, same digest.</summary>
    Same,

    /// <summary>Same number of rows, other contents. Normal in a database that serves.</summary>
    Changed,

    /// <summary>More rows than before.</summary>
    Grown,

    /// <summary>Fewer rows than before.</summary>
    Shrunk,

    /// <summary>The table is new.</summary>
    Added,

    /// <summary>The table is gone.</summary>
    Removed,
}
