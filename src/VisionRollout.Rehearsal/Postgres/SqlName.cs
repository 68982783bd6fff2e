namespace VisionRollout.Rehearsal.Postgres;

/// <summary>Writes names and texts for SQL statements that take no parameters.</summary>
internal static class SqlName
{
    /// <summary>A quoted identifier.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A quoted text.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
