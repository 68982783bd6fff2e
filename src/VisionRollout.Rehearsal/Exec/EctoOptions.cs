using System.Globalization;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>The options of Ecto's migration tasks (hexdocs.pm/ecto_sql, Mix.Tasks.Ecto.Migrate and Ecto.Rollback).</summary>
/// <param name="LogStatements">Whether the migrations' statements are shown.</param>
/// <param name="LogMigrator">Whether the migrator's own statements are shown.</param>
/// <param name="Steps">How many migrations; null for no limit given.</param>
/// <param name="To">Up to, or down to and including, this version; null for none given.</param>
/// <param name="All">Whether all migrations are meant.</param>
internal sealed record EctoOptions(bool LogStatements, bool LogMigrator, int? Steps, long? To, bool All)
{
    /// <summary>Reads the words behind the task's name; null with the faulty word when one is unknown.</summary>
    public static EctoOptions? Parse(IReadOnlyList<string> words, out string faulty)
    {
        var options = new EctoOptions(false, false, null, null, false);
        faulty = string.Empty;
        for (var i = 0; i < words.Count; i++)
        {
            faulty = words[i];
            var value = i + 1 < words.Count ? words[i + 1] : string.Empty;
            EctoOptions? next = faulty switch
            {
                "--log-sql" => options with { LogStatements = true, LogMigrator = true },
                "--log-migrations-sql" => options with { LogStatements = true },
                "--log-migrator-sql" => options with { LogMigrator = true },
                "--all" => options with { All = true },
                "--no-compile" or "--no-deps-check" or "--strict-version-order" => options,
                "-n" or "--step" when Number(value) is { } steps => options with { Steps = (int)steps },
                "-v" or "--to" when Number(value) is { } version => options with { To = version },
                "-r" or "--repo" or "--migrations-path" when value.Length > 0 => options,
                _ => null,
            };
            if (next is null)
                return null;
            options = next;
            if (faulty is "-n" or "--step" or "-v" or "--to" or "-r" or "--repo" or "--migrations-path")
                i++;
        }

        return options;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
