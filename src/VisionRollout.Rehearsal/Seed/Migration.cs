using System.Globalization;
using System.Text;

namespace VisionRollout.Rehearsal.Seed;

/// <summary>One migration of a service's schema, as the image of its pods carries it.</summary>
/// <param name="Version">The version: year to second, fourteen digits.</param>
/// <param name="Name">The name in lower case with underscores.</param>
/// <param name="Table">The table that it needs a lock on.</param>
/// <param name="Up">The statements that apply it, in order.</param>
/// <param name="Down">The statements that undo it, in order.</param>
internal sealed record Migration(long Version, string Name, string Table, IReadOnlyList<string> Up, IReadOnlyList<string> Down)
{
    private const string TableMark = "-- table: ";
    private const string UpMark = "-- migrate:up";
    private const string DownMark = "-- migrate:down";

    /// <summary>The Elixir module's name: AddLoyaltyTier for add_loyalty_tier.</summary>
    public string Module => string.Concat(Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>Reads a migration file (the format of dbmate, with the table on top).</summary>
    /// <param name="fileName">VERSION_NAME, without folder and extension.</param>
    /// <param name="text">The file.</param>
    public static Migration Parse(string fileName, string text)
    {
        var underscore = fileName.IndexOf('_', StringComparison.Ordinal);
        var table = string.Empty;
        var up = new StringBuilder();
        var down = new StringBuilder();
        var section = up;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(TableMark, StringComparison.Ordinal))
                table = line[TableMark.Length..].Trim();
            else if (line.StartsWith(UpMark, StringComparison.Ordinal))
                section = up;
            else if (line.StartsWith(DownMark, StringComparison.Ordinal))
                section = down;
            else
                section.Append(line).Append('\n');
        }

        return new Migration(long.Parse(fileName[..underscore], CultureInfo.InvariantCulture), fileName[(underscore + 1)..], table, Statements(up), Statements(down));
    }

    private static string[] Statements(StringBuilder text) =>
        text.ToString().Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
