using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Seed;

/// <summary>The schema, the rows and the migrations of one service, kept as SQL files inside the program.</summary>
/// <param name="Setup">SQL that creates the tables and their rows.</param>
/// <param name="Applied">The migrations that <paramref name="Setup"/> stands for: version and name.</param>
/// <param name="Migrations">The migrations not yet applied, by version.</param>
/// <param name="Checks">What the version without those migrations reads and writes.</param>
internal sealed partial record ServiceSchema(string Setup, IReadOnlyList<(long Version, string Name)> Applied, IReadOnlyList<Migration> Migrations, string Checks)
{
    private const string Prefix = "Sql/";
    private const string Fallback = "default";

    private static readonly Assembly Home = typeof(ServiceSchema).Assembly;

    /// <summary>The schema of a service; a service without files of its own gets the default ones.</summary>
    public static ServiceSchema Of(string service)
    {
        var folder = $"{Prefix}{service}/";
        if (Home.GetManifestResourceInfo($"{folder}schema.sql") is null)
            folder = $"{Prefix}{Fallback}/";
        var migrations = Home.GetManifestResourceNames()
            .Where(name => name.StartsWith($"{folder}migrations/", StringComparison.Ordinal))
            .Select(name => Migration.Parse(Path.GetFileNameWithoutExtension(name), Read(name)))
            .OrderBy(migration => migration.Version);
        var schema = Read($"{folder}schema.sql");
        var applied = AppliedRow().Matches(schema)
            .Select(row => (long.Parse(row.Groups["version"].Value, CultureInfo.InvariantCulture), row.Groups["name"].Value));
        return new ServiceSchema(Read($"{Prefix}common.sql") + schema, [.. applied], [.. migrations], Read($"{folder}checks.sql"));
    }

    // A row of schema_migrations with the migration's name behind it: (20260105093000, '...'), -- create_customers
    [GeneratedRegex(@"^\s*\((?<version>\d{14}), '[^']*'\)[,;] -- (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex AppliedRow();

    private static string Read(string name)
    {
        using var reader = new StreamReader(Home.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
