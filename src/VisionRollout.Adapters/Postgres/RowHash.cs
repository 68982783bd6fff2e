using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>SQL of a 64-bit hash of a row that is the same wherever the row has the same values.</summary>
internal static class RowHash
{
    // A row constructor takes 1664 entries at most; a bigint is two.
    private const int DirectAtMost = 400;

    /// <summary>The hash of some columns of an alias, in their order.</summary>
    public static string Of(string alias, IReadOnlyList<LedgerColumn> columns, DigestForm form)
    {
        if (form == DigestForm.Text) return $"hashtextextended({Text(alias, columns)}, 0)";
        var direct = columns.Where(column => Direct("", column.Type).Length > 0).Take(DirectAtMost).ToList();
        var rest = columns.Except(direct).ToList();
        IEnumerable<string> entries = direct.Select(column => Direct(Value(alias, column), column.Type));
        if (rest.Count > 0) entries = entries.Append($"{Text(alias, rest)} COLLATE \"C\"");
        // hash_record_extended adds up 31^n times the hash of a column. A sum over rows of that could not tell which values stood in one row; through
        // another hash it can. That of float8 is the only one that takes 8 bytes without folding them to 4, and keeps 53 bits.
        return $"hashfloat8extended(hash_record_extended(ROW({string.Join(", ", entries)}), 0)::float8, 0)";
    }

    private static string Text(string alias, IEnumerable<LedgerColumn> columns) => $"ROW({string.Join(", ", columns.Select(column => Value(alias, column)))})::text";

    private static string Value(string alias, LedgerColumn column) => $"{alias}.{SqlText.Name(column.Name)}";

    // Only types whose hash differs wherever their text does, and is the same in a restored database. The hash of a numeric leaves out sign and scale,
    // that of a float the sign of 0, that of an interval tells no month from 30 days, that of a text under a collation may tell no A from a, and that
    // of an enum is one of its OID. The hash of a bigint folds it to 32 bits.
    private static string Direct(string value, string type) => type switch
    {
        "bigint" => $"{value}, ({value} >> 32)::integer",
        "integer" or "smallint" or "boolean" or "uuid" or "bytea" or "date" or "time without time zone" or "timestamp without time zone" or "timestamp with time zone" => $"({value})",
        "text" or "character varying" or "numeric" => $"{value}::text COLLATE \"C\"",
        _ => "",
    };
}
