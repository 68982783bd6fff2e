using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Finds the statements in what a migration tool writes with its SQL logging on: Ecto (<c>--log-sql</c>, or <c>--log-migrations-sql</c> and
/// <c>--log-migrator-sql</c>) and Entity Framework Core (a bundle with <c>--verbose</c>).</summary>
public sealed partial class SqlLog
{
    private readonly List<LoggedStatement> statements = [];
    private readonly StringBuilder text = new();
    private string? version;
    private (TimeSpan Duration, bool Failed)? open;

    /// <summary>The statements so far, without the tool's own: on its table of versions, for its locks and transactions.</summary>
    public IReadOnlyList<LoggedStatement> Statements
    {
        get
        {
            Close();
            return [.. statements.Where(statement => !ToolsOwn().IsMatch(statement.Sql))];
        }
    }

    /// <summary>Takes the next line of the output, from either stream.</summary>
    public void Add(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (Header().Match(line) is { Success: true } header)
        {
            Close();
            var milliseconds = header.Groups["ms"].Success ? double.Parse(header.Groups["ms"].Value, CultureInfo.InvariantCulture) : 0;
            open = (TimeSpan.FromMilliseconds(milliseconds), header.Groups["failed"].Success);
        }
        else if (Running().Match(line) is { Success: true } running)
        {
            Close();
            version = running.Groups["version"].Value;
        }
        else if (open is not null && Another().IsMatch(line))
        {
            Close();
        }
        else if (open is not null)
        {
            text.Append(line).Append('\n');
        }
    }

    private void Close()
    {
        if (open is var (duration, failed))
        {
            var sql = Parameters().Replace(text.ToString().Trim(), "");
            if (sql.Length > 0) statements.Add(new(version, sql, duration, failed));
        }

        open = null;
        text.Clear();
    }

    [GeneratedRegex(@"QUERY (OK|(?<failed>ERROR))\b.*?(\bdb=(?<ms>[0-9.]+)ms)?(?=$| queue| decode| idle)|(Executed|(?<failed>Failed executing)) DbCommand \((?<ms>[0-9.]+)ms\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Header();

    [GeneratedRegex(@"== Running (?<version>\d+) .* (forward|backward)|Applying migration '(?<version>[^']+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Running();

    // The next entry of the log: a time, a marker, Ecto's stack trace, an exception, .NET's level.
    [GeneratedRegex(@"^(\d\d:\d\d:\d\d(\.\d+)? |== |\s*↳|\*\* \(|(trce|dbug|info|warn|fail|crit): )", RegexOptions.ExplicitCapture)]
    private static partial Regex Another();

    [GeneratedRegex(@"schema_migrations|__EFMigrationsHistory|^\s*(begin|start transaction|commit|rollback|savepoint|release)\b|pg_(try_)?advisory_|^\s*set (local |session )?(lock|statement)_timeout\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex ToolsOwn();

    // Ecto writes the parameters behind the statement.
    [GeneratedRegex(@"\s\[[^\[\]]*\]$")]
    private static partial Regex Parameters();
}
