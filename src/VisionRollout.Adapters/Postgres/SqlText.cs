namespace VisionRollout.Adapters.Postgres;

/// <summary>Quotes what stands where PostgreSQL takes no parameters.</summary>
internal static class SqlText
{
    /// <summary>An identifier in double quotes.</summary>
    public static string Name(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A string literal.</summary>
    public static string Literal(string text) => text.Contains('\\')
        ? $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'"
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
