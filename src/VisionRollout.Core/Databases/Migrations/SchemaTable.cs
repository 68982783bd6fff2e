namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A table, partition, view or materialised view.</summary>
public sealed record SchemaTable
{
    /// <summary>Its object identifier, which a rename leaves alone.</summary>
    public required long Oid { get; init; }

    /// <summary>Schema.</summary>
    public required string Schema { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary><c>r</c> table, <c>p</c> partitioned table, <c>v</c> view, <c>m</c> materialised view.</summary>
    public required string Kind { get; init; }

    /// <summary>Number of its file; another one means that it was written anew. 0 without one.</summary>
    public long File { get; init; }

    /// <summary>Size in bytes without indexes; of a partitioned table that of its partitions.</summary>
    public long Bytes { get; init; }

    /// <summary>Table that it is a partition of, <c>schema.name</c>; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>Columns.</summary>
    public IReadOnlyList<SchemaColumn> Columns { get; init; } = [];

    /// <summary>Constraints.</summary>
    public IReadOnlyList<SchemaConstraint> Constraints { get; init; } = [];

    /// <summary>Indexes.</summary>
    public IReadOnlyList<SchemaIndex> Indexes { get; init; } = [];

    /// <summary><c>schema.name</c>.</summary>
    public string FullName => $"{Schema}.{Name}";

    /// <summary>True when it holds rows.</summary>
    public bool HoldsRows => Kind is "r" or "p" or "m";

    /// <summary>Finds a column; null when there is none.</summary>
    public SchemaColumn? FindColumn(string name) => Columns.FirstOrDefault(column => column.Name == name);
}
