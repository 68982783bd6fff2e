using System.Globalization;
using VisionRollout.Rehearsal.Hosting;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>The folder of an installed PostgreSQL's programs.</summary>
/// <param name="Folder">The folder that holds initdb, pg_ctl and postgres.</param>
public sealed record PostgresPrograms(string Folder)
{
    /// <summary>The environment variable that names the folder, before any other place is searched.</summary>
    public const string FolderVariable = "VISIONROLLOUT_POSTGRES_BIN";

    private const string DebianRoot = "/usr/lib/postgresql";

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    /// <summary>The path of one program.</summary>
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>
    /// Finds the newest installed PostgreSQL: the folder named by <see cref="FolderVariable"/> and no other when it is set,
    /// otherwise Debian's folders by falling version, then PATH.
    /// </summary>
    /// <exception cref="StartFailureException">Code <c>postgres-missing</c>.</exception>
    public static PostgresPrograms Find() => Search() ?? throw new StartFailureException(
        StartFailureException.PostgresMissing,
        "PostgreSQL's programs (initdb, pg_ctl, postgres) were not found in "
        + $"{string.Join(", ", Places())}. Install the Debian package 'postgresql' (apt-get install postgresql), "
        + "or give the rehearsal a server to use: --postgres \"Host=...;Username=...;Password=...\".");

    /// <summary>Like <see cref="Find"/>, but answers null when nothing is installed.</summary>
    public static PostgresPrograms? Search() => Places().Where(IsComplete).Select(folder => new PostgresPrograms(folder)).FirstOrDefault();

    private static bool IsComplete(string folder) => Needed.All(program => File.Exists(Path.Combine(folder, program)));

    private static IEnumerable<string> Places()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
            return [named];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. DebianFolders(), .. path];
    }

    private static IEnumerable<string> DebianFolders() => !Directory.Exists(DebianRoot)
        ? [Path.Combine(DebianRoot, "*", "bin")]
        : Directory.EnumerateDirectories(DebianRoot)
            .Where(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            .OrderByDescending(folder => double.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
            .Select(folder => Path.Combine(folder, "bin"));
}
