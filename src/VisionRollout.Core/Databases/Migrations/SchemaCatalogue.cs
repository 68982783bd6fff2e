namespace VisionRollout.Core.Databases.Migrations;

/// <summary>The schema of a database at one moment, without what belongs to PostgreSQL or to an extension.</summary>
public sealed record SchemaCatalogue
{
    /// <summary>Tables and views.</summary>
    public IReadOnlyList<SchemaTable> Tables { get; init; } = [];

    /// <summary>Types.</summary>
    public IReadOnlyList<SchemaType> Types { get; init; } = [];

    /// <summary>Functions and procedures with their arguments and results.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>Triggers, <c>name ON schema.table</c>.</summary>
    public IReadOnlyList<string> Triggers { get; init; } = [];

    /// <summary>Sequences that stand alone, <c>schema.name</c>.</summary>
    public IReadOnlyList<string> Sequences { get; init; } = [];

    /// <summary>Extensions.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>Views and functions, each with a digest of its definition.</summary>
    public IReadOnlyList<string> Definitions { get; init; } = [];

    /// <summary>Finds a table or view by the name that SQL gives it; without a schema the one in <c>public</c> comes first. Null when there is none.</summary>
    public SchemaTable? FindTable(SqlName? name) => name is null ? null
        : Tables.Where(table => table.Name == name.Name && (name.Schema is null || table.Schema == name.Schema)).MinBy(table => table.Schema == "public" ? 0 : 1);

    /// <summary>Finds the table that an index belongs to; null when there is none.</summary>
    public SchemaTable? FindTableOfIndex(SqlName? name) => name is null ? null
        : Tables.FirstOrDefault(table => table.Indexes.Any(index => index.Name == name.Name) && (name.Schema is null || table.Schema == name.Schema));

    /// <summary>Finds a type; null when there is none.</summary>
    public SchemaType? FindType(SqlName? name) => name is null ? null
        : Types.FirstOrDefault(type => type.Name == name.Name && (name.Schema is null || type.Schema == name.Schema));

    /// <summary>Each object in a line of its own: two schemas are equal when their lines are.</summary>
    public IEnumerable<string> Lines() =>
    [
        .. Tables.SelectMany(LinesOf),
        .. Types.Select(type => $"type {type.Schema}.{type.Name} ({string.Join(", ", type.Labels)})"),
        .. Functions.Select(item => $"function {item}"),
        .. Triggers.Select(item => $"trigger {item}"),
        .. Sequences.Select(item => $"sequence {item}"),
        .. Extensions.Select(item => $"extension {item}"),
        .. Definitions.Select(item => $"definition of {item}"),
    ];

    private static IEnumerable<string> LinesOf(SchemaTable table) =>
    [
        $"{(table.Kind is "v" or "m" ? "view" : "table")} {table.FullName}",
        .. table.Columns.Select(column => $"column {table.FullName}.{column.Name} {column.Type}{(column.NotNull ? " NOT NULL" : "")}{(column.Default is null ? "" : $" DEFAULT {column.Default}")}"),
        .. table.Constraints.Select(item => $"constraint {item.Name} on {table.FullName} {item.Definition}"),
        .. table.Indexes.Select(item => $"index {item.Name} on {table.FullName} {item.Definition}{(item.Valid ? "" : " INVALID")}"),
    ];
}
