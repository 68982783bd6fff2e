using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Finds PostgreSQL's client programs: the versioned folders of Debian and of the PGDG packages, then PATH.</summary>
public sealed partial class PostgresTools
{
    private readonly IReadOnlyList<string> folders;

    /// <summary>Looks in the usual places.</summary>
    public PostgresTools()
        : this(UsualFolders())
    {
    }

    /// <summary>Looks in these folders.</summary>
    public PostgresTools(IEnumerable<string> folders) => this.folders = [.. folders.Distinct()];

    /// <summary>Finds a program that suits a server: of the server's major version where installed, otherwise the next newer one
    /// (an older pg_dump refuses a newer server; a needlessly new one writes settings that an older server does not know).</summary>
    /// <exception cref="RolloutException"><c>PostgresToolMissing</c> or <c>PostgresToolTooOld</c>.</exception>
    public async Task<PostgresTool> FindAsync(string name, int serverMajor, CancellationToken token)
    {
        var found = new List<PostgresTool>();
        foreach (var path in folders.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)).Where(File.Exists))
        {
            if (await ReadAsync(path, token) is not { } tool) continue;
            // None suits better, and each that is asked is a process of its own.
            if (tool.Major == serverMajor) return tool;
            found.Add(tool);
        }

        if (found.Count == 0)
        {
            throw new RolloutException("PostgresToolMissing", RolloutErrorKind.NotFound, $"The program {name} is not installed on this machine.",
                $"Install the package postgresql-client-{serverMajor} (Debian, Ubuntu) or postgresql{serverMajor} (PGDG for RPM), or put {name} on PATH.", name);
        }

        return found.Where(tool => tool.Major >= serverMajor).MinBy(tool => tool.Major)
            ?? throw new RolloutException("PostgresToolTooOld", RolloutErrorKind.InvalidState,
                $"The server is PostgreSQL {serverMajor}, and the newest {name} here is {found.Max(tool => tool.Major)}.",
                $"Install the package postgresql-client-{serverMajor}.", name);
    }

    private static async Task<PostgresTool?> ReadAsync(string path, CancellationToken token)
    {
        try
        {
            var result = await Cli.Wrap(path).WithArguments("--version").WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(token);
            var match = VersionPattern().Match(result.StandardOutput);
            return match.Success ? new(path, int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), result.StandardOutput.Trim()) : null;
        }
        catch (Exception exception) when (exception is Win32Exception or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> UsualFolders()
    {
        const string debian = "/usr/lib/postgresql";
        var versioned = Directory.Exists(debian) ? Directory.EnumerateDirectories(debian).Select(folder => Path.Combine(folder, "bin")) : [];
        var pgdg = Directory.Exists("/usr") ? Directory.EnumerateDirectories("/usr", "pgsql-*").Select(folder => Path.Combine(folder, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. versioned, .. pgdg, .. path];
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionPattern();
}
