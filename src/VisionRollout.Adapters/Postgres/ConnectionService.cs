using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>A connection service: the section of a file that PGSERVICE names (PostgreSQL manual, 34.17). Npgsql reads no such files.</summary>
internal sealed class ConnectionService
{
    // What the module itself says about a connection stays so: the plan names the database.
    private static readonly HashSet<string> Known = ["host", "port", "user", "password", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "options", "dbname", "application_name", "connect_timeout"];

    private readonly Dictionary<string, string> values;

    private ConnectionService(string file, Dictionary<string, string> values)
    {
        File = file;
        this.values = values;
    }

    /// <summary>The file that it stands in.</summary>
    public string File { get; }

    /// <summary>A value by libpq's keyword; null where the section has none.</summary>
    public string? this[string keyword] => values.GetValueOrDefault(keyword);

    /// <summary>Folder of libpq's files for this user: <c>~/.postgresql</c>, on Windows <c>%APPDATA%\postgresql</c>.</summary>
    public static string UserFolder => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql");

    /// <summary>Reads the service that PGSERVICE names, in the user's file or, where that has none of the name, in the system's; null without PGSERVICE.</summary>
    /// <exception cref="RolloutException"><c>DatabaseServiceUnknown</c> or <c>DatabaseServiceFileInvalid</c>.</exception>
    public static ConnectionService? Find()
    {
        if (Variable("PGSERVICE") is not { } name) return null;
        var files = Files().ToList();
        foreach (var file in files.Where(System.IO.File.Exists))
        {
            if (Read(file, name) is { } values) return new(file, values);
        }

        throw new RolloutException("DatabaseServiceUnknown", RolloutErrorKind.NotFound, $"PGSERVICE names the connection service '{name}', which no file defines.",
            $"Write a section [{name}] into {files[0]}, name its file in PGSERVICEFILE, or unset PGSERVICE.", name);
    }

    private static IEnumerable<string> Files()
    {
        yield return Variable("PGSERVICEFILE") ?? (OperatingSystem.IsWindows() ? Path.Combine(UserFolder, ".pg_service.conf")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pg_service.conf"));
        // Without the variable libpq looks where it was built to: these are Debian's and Red Hat's folders.
        foreach (var folder in Variable("PGSYSCONFDIR") is { } given ? (string[])[given] : ["/etc/postgresql-common", "/etc/sysconfig/pgsql"]) yield return Path.Combine(folder, "pg_service.conf");
    }

    private static Dictionary<string, string>? Read(string file, string name)
    {
        Dictionary<string, string>? section = null;
        var number = 0;
        foreach (var line in System.IO.File.ReadLines(file).Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '[')
            {
                if (section is not null) return section;
                if (line == $"[{name}]") section = new(StringComparer.Ordinal);
            }
            else if (section is not null)
            {
                var at = line.IndexOf('=', StringComparison.Ordinal);
                var keyword = at < 0 ? line : line[..at];
                if (at < 0 || !Known.Contains(keyword)) throw Invalid(file, number, at < 0 ? "" : keyword);
                section.TryAdd(keyword, line[(at + 1)..]);
            }
        }

        return section;
    }

    // The line itself may hold a password.
    private static RolloutException Invalid(string file, int line, string keyword) => new("DatabaseServiceFileInvalid", RolloutErrorKind.InvalidInput,
        keyword.Length == 0 ? $"Line {line} of {file} is no keyword=value." : $"Line {line} of {file} has the keyword '{keyword}', which cannot be used here.",
        $"Use {string.Join(", ", Known)}, without blanks around '='.", file);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
