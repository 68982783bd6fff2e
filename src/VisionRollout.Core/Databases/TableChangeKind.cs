namespace VisionRollout.Core.Databases;

/// <summary>How a table differs between two ledgers.</summary>
public enum TableChangeKind
{
    /// <summary>Same rows, same digest.</summary>
    Same,

    /// <summary>As many rows or more, of which some were written since. Normal in a database that serves.</summary>
    Changed,

    /// <summary>More rows than before; where the rows that were not written since could be told apart, every row of before is among them as it was.</summary>
    Grown,

    /// <summary>Rows have other contents although nobody has written them since.</summary>
    Altered,

    /// <summary>Fewer rows than before.</summary>
    Shrunk,

    /// <summary>Columns are gone, and what they held with them.</summary>
    ColumnsLost,

    /// <summary>The table is new.</summary>
    Added,

    /// <summary>The table is gone.</summary>
    Removed,

    /// <summary>The plan's Rewrites names it: left out.</summary>
    Rewritten,
}
