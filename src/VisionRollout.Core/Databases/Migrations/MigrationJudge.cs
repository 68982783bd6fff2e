using System.Globalization;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Judges what was seen of the pending migrations by the rules.</summary>
public static class MigrationJudge
{
    /// <summary>Most rows that one transaction may write into a table of the serving version.</summary>
    public const long LargestBatch = 10_000;

    /// <summary>Size in bytes from which on a table counts as large, where nothing else is said: written anew it takes about 0.1 s.</summary>
    public const long LargeTable = 10L << 20;

    /// <summary>Longest time that a lock may be held on the scratch database before it counts also on a small table.</summary>
    public static TimeSpan LongestHold { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Judges.</summary>
    /// <param name="capture">What was seen.</param>
    /// <param name="largeTable">Size in bytes from which on a table counts as large.</param>
    public static MigrationPreflight Judge(MigrationCapture capture, long largeTable = LargeTable)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var statements = Statements(capture, largeTable);
        var preflight = new MigrationPreflight
        {
            Service = capture.Service,
            Verdict = Verdict.Undecided,
            Reason = "",
            Pending = [.. capture.Commits.Select(commit => commit.Version)],
            Migrations = Migrations(capture),
            Statements = statements,
            Findings = [.. Whole(capture), .. WarningRules.Judge(capture.Facts)],
            Checks = capture.Checks,
        };
        return preflight with { Verdict = VerdictOf(preflight), Reason = ReasonOf(preflight) };
    }

    private static List<PreflightStatement> Statements(MigrationCapture capture, long largeTable)
    {
        var judged = new List<PreflightStatement>();
        var scenes = new List<CommandScene>();
        foreach (var statement in capture.Statements)
        {
            if (scenes.Count > 0 && scenes[^1].Statement.Version != statement.Version) scenes.Clear();
            var findings = new List<MigrationFinding>();
            CommandScene? main = null;
            foreach (var command in SqlCommands.Read(statement.Sql))
            {
                var scene = Scene(capture, statement, command, scenes);
                findings.AddRange(LockRules.Judge(scene).Concat(TransactionRules.Judge(scene, scenes, largeTable)).Select(finding => Weigh(finding, capture, scene, largeTable)));
                findings.AddRange(BreakRules.Judge(scene));
                findings.AddRange(WarningRules.Judge(scene));
                scenes.Add(scene);
                if (main is null || RelationLock.StrengthOf(scene.Mode) > RelationLock.StrengthOf(main.Mode)) main = scene;
            }

            judged.Add(Judged(capture, statement, main, findings));
        }

        return judged;
    }

    private static PreflightStatement Judged(MigrationCapture capture, LoggedStatement statement, CommandScene? main, List<MigrationFinding> findings)
    {
        if (statement.Failed)
            findings.Add(new(MigrationRule.MigrationFails, MigrationVerdict.Fails, $"It fails on the restored data: {capture.Failure ?? "the tool did not say why"}", "Correct the migration."));
        return new()
        {
            Service = capture.Service,
            Version = statement.Version ?? "",
            Sql = statement.Sql,
            Table = main?.Table?.FullName ?? "",
            TableBytes = main?.Table?.Bytes ?? 0,
            TableRows = main?.Table is { } table ? RowsOf(capture, table) : 0,
            Lock = main?.Mode ?? "",
            Held = main?.Held ?? TimeSpan.Zero,
            Findings = findings,
        };
    }

    private static CommandScene Scene(MigrationCapture capture, LoggedStatement statement, SqlCommand command, List<CommandScene> earlier)
    {
        var index = capture.Commits.ToList().FindIndex(commit => commit.Version == statement.Version);
        if (statement.Version is null && capture.Commits.Count == 1) index = 0;
        var scene = new CommandScene
        {
            Command = command,
            Statement = statement,
            Earlier = [.. earlier.Select(item => item.Command)],
            Capture = capture,
            Commit = index < 0 ? null : capture.Commits[index],
            Before = index > 0 ? capture.Commits[index - 1].Schema : index == 0 || capture.Commits.Count == 0 ? capture.Before : capture.Commits[^1].Schema,
            Table = TableOf(capture.Before, command),
        };
        return scene.Table is null ? scene : scene with { Mode = ModeOf(scene), Held = HeldFor(scene, earlier) };
    }

    private static SchemaTable? TableOf(SchemaCatalogue serving, SqlCommand command) => command.Verb switch
    {
        "drop index" or "reindex index" => serving.FindTableOfIndex(command.Target),
        "drop trigger" or "create trigger" or "alter trigger" => serving.FindTable(OnTable(command)),
        _ => command.Targets.Select(serving.FindTable).FirstOrDefault(table => table is not null),
    };

    private static SqlName? OnTable(SqlCommand command)
    {
        var on = command.Tokens.ToList().FindIndex(token => token.Is("on"));
        return on < 0 ? null : new SqlCursor(command.Tokens, on + 1).QualifiedName();
    }

    // What was seen counts; where several commands lock the table, each is given its own mode.
    private static string? ModeOf(CommandScene scene)
    {
        var own = TableLocks.Of(scene.Command);
        if (!scene.IsInTransaction || own is null) return own;
        var seen = scene.Commit!.Locks.Where(item => item.Oid == scene.Table!.Oid).Select(item => item.Mode).ToList();
        return seen.Contains(own) ? own : seen.MaxBy(RelationLock.StrengthOf);
    }

    private static TimeSpan HeldFor(CommandScene scene, List<CommandScene> earlier)
    {
        if (!scene.IsInTransaction) return scene.Statement.Duration;
        var ahead = earlier.Select(item => item.Statement).Distinct().Where(statement => statement != scene.Statement).Aggregate(TimeSpan.Zero, (sum, statement) => sum + statement.Duration);
        var held = scene.Commit!.Duration - ahead;
        return held > scene.Statement.Duration ? held : scene.Statement.Duration;
    }

    // A small table is read or written anew in a moment; a queue without lock_timeout has no size.
    private static MigrationFinding Weigh(MigrationFinding finding, MigrationCapture capture, CommandScene scene, long largeTable)
    {
        if (finding.Verdict != MigrationVerdict.Blocks || finding.Rule is MigrationRule.NoLockTimeout or MigrationRule.ConcurrentlyInTransaction) return finding;
        var table = capture.Before.Tables.FirstOrDefault(item => item.FullName == finding.Table);
        if (table is null || table.Bytes >= largeTable || scene.Held > LongestHold) return finding;
        return finding with
        {
            Verdict = MigrationVerdict.Warning,
            Reason = string.Create(CultureInfo.InvariantCulture, $"{finding.Reason} The table is small ({RowsOf(capture, table)} rows, {table.Bytes / 1024.0:0} KiB): {Math.Max(1, scene.Held.TotalMilliseconds):0} ms on the scratch database."),
        };
    }

    private static long RowsOf(MigrationCapture capture, SchemaTable table) => table.Kind == "p"
        ? capture.Before.Tables.Where(item => item.Parent == table.FullName).Sum(item => RowsOf(capture, item))
        : capture.Rows.GetValueOrDefault(table.FullName);

    private static List<PreflightMigration> Migrations(MigrationCapture capture)
    {
        var migrations = new List<PreflightMigration>();
        var before = capture.Before;
        var newest = capture.Applied.OrderBy(version => version, AppliedMigration.VersionOrder).LastOrDefault();
        foreach (var commit in capture.Commits)
        {
            var (reversibility, reason) = ReversibilityRules.Of(capture, commit, before);
            List<MigrationFinding> findings = [];
            if (newest is not null && AppliedMigration.VersionOrder.Compare(commit.Version, newest) < 0)
                findings.Add(new(MigrationRule.VersionOutOfOrder, MigrationVerdict.Warning, $"{commit.Version} is older than {newest}, which is applied.", "Give it a newer version, or make sure that the order does not matter."));
            if (reversibility == Reversibility.Irreversible)
                findings.Add(new(MigrationRule.IrreversibleMigration, MigrationVerdict.Warning, $"{commit.Version} cannot be taken back. {reason}", "The way back is the old version on the new schema, or a restore."));
            if (!capture.Statements.Any(statement => statement.Version is null || statement.Version == commit.Version) && Changes(before, commit.Schema))
                findings.Add(new(MigrationRule.SqlNotCaptured, MigrationVerdict.Warning, $"{commit.Version} changed the schema, and the command logged no SQL of it.", "Switch the tool's SQL logging on in Migrate, e.g. mix ecto.migrate --log-sql."));
            migrations.Add(new(commit.Version, reversibility, reason, commit.Duration, findings));
            before = commit.Schema;
        }

        return migrations;
    }

    private static bool Changes(SchemaCatalogue before, SchemaCatalogue after) => !before.Lines().SequenceEqual(after.Lines());

    private static IEnumerable<MigrationFinding> Whole(MigrationCapture capture)
    {
        if (capture.Failure is not null && !capture.Statements.Any(statement => statement.Failed))
            yield return new(MigrationRule.MigrationFails, MigrationVerdict.Fails, $"The migration command fails on the restored data: {capture.Failure}", "Correct the migration.");
        foreach (var check in capture.Checks.Where(check => !check.Passed))
        {
            yield return new(MigrationRule.OldVersionFails, MigrationVerdict.Breaks, $"The serving version's check '{check.Name}' fails on the migrated database (exit code {check.ExitCode}): {string.Join(" | ", check.Output.TakeLast(3))}",
                "Make the migration one that both versions can work with, and leave the rest to a later rollout.");
        }

        foreach (var left in NotValid(capture.After).Except(NotValid(capture.Before), StringComparer.Ordinal))
            yield return new(MigrationRule.LeftNotValid, MigrationVerdict.Warning, $"{left} is left not valid.", "VALIDATE CONSTRAINT in the next migration; drop an invalid index and build it again.");
    }

    private static IEnumerable<string> NotValid(SchemaCatalogue schema) => schema.Tables.SelectMany(table =>
        table.Constraints.Where(item => !item.Validated).Select(item => $"constraint {item.Name} on {table.FullName}")
            .Concat(table.Indexes.Where(index => !index.Valid).Select(index => $"index {index.Name} on {table.FullName}")));

    private static Verdict VerdictOf(MigrationPreflight preflight)
    {
        var against = preflight.Against();
        if (against.Any(finding => finding.Verdict > MigrationVerdict.Warning)) return Verdict.NoGo;
        return against.Any(finding => finding.Rule == MigrationRule.SqlNotCaptured) ? Verdict.Undecided : Verdict.Go;
    }

    private static string ReasonOf(MigrationPreflight preflight)
    {
        var against = preflight.Against();
        var worst = against.Count == 0 ? null : against.FirstOrDefault(finding => finding.Verdict > MigrationVerdict.Warning) ?? against.FirstOrDefault(finding => finding.Rule == MigrationRule.SqlNotCaptured);
        if (worst is not null) return $"{worst.Rule}: {worst.Reason}";
        if (preflight.Pending.Count == 0) return "Nothing is pending.";
        var warnings = against.Count switch { 0 => "no warning", 1 => "1 warning", var count => $"{count} warnings" };
        var checks = preflight.Checks.Count switch { 0 => "", 1 => ", the serving version's check passed", var count => $", {count} checks of the serving version passed" };
        return $"{preflight.Pending.Count} pending, {warnings}{checks}.";
    }
}
