using System.Globalization;
using System.Text.RegularExpressions;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Which changes of a column's type take every value and every use that the old type took. Types as <c>format_type</c> writes them.</summary>
internal static partial class ColumnTypes
{
    private static readonly string[] Integers = ["smallint", "integer", "bigint", "numeric"];

    /// <summary>True when the new type holds whatever the old one did, and writers of the old one need not change.</summary>
    public static bool IsWidening(string before, string after)
    {
        if (before == after) return true;
        var (old, now) = (Parse(before), Parse(after));
        if (Array.IndexOf(Integers, old.Name) is >= 0 and var from && Array.IndexOf(Integers, now.Name) is >= 0 and var to && now.Lengths.Count == 0) return to >= from && old.Lengths.Count == 0;
        return (old.Name, now.Name) switch
        {
            ("character varying", "text") or ("real", "double precision") => true,
            ("text", "character varying") => now.Lengths.Count == 0,
            ("character varying", "character varying") => now.Lengths.Count == 0 || (old.Lengths.Count > 0 && now.Lengths[0] >= old.Lengths[0]),
            ("numeric", "numeric") => now.Lengths.Count == 0 || (old.Lengths.Count == 2 && now.Lengths.Count == 2 && now.Lengths[1] >= old.Lengths[1] && now.Lengths[0] - now.Lengths[1] >= old.Lengths[0] - old.Lengths[1]),
            _ => old.Name == now.Name && (now.Lengths.Count == 0 || (old.Lengths.Count > 0 && now.Lengths[0] >= old.Lengths[0])),
        };
    }

    private static (string Name, IReadOnlyList<int> Lengths) Parse(string type)
    {
        var match = Lengths().Match(type);
        return match.Success ? (type.Remove(match.Index, match.Length), [.. match.Groups[1].Value.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))]) : (type, []);
    }

    [GeneratedRegex(@"\(([0-9]+(?:,[0-9]+)?)\)")]
    private static partial Regex Lengths();
}
