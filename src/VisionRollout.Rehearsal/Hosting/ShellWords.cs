namespace VisionRollout.Rehearsal.Hosting;

/// <summary>Writes words for a POSIX shell.</summary>
internal static class ShellWords
{
    /// <summary>One line of shell that runs exactly these words.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A word in single quotes, inside of which nothing has a meaning.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
