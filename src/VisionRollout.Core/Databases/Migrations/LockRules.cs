namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Rules about locks that the serving version waits for, and tables that are written anew.</summary>
internal static class LockRules
{
    private static readonly HashSet<string> Volatile =
        ["random", "gen_random_uuid", "clock_timestamp", "timeofday", "nextval", "currval", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4"];

    private static readonly HashSet<string> Serials = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];

    public static IEnumerable<MigrationFinding> Judge(CommandScene scene)
    {
        if (scene.Command.Has("concurrently") && scene.Statement.Failed && scene.Capture.Failure?.Contains("cannot run inside a transaction", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return scene.Blocks(MigrationRule.ConcurrentlyInTransaction, "CONCURRENTLY cannot run inside a transaction.",
                "Give it a migration of its own without transaction (Ecto: @disable_ddl_transaction true and @disable_migration_lock true).");
        }

        if (scene.Command.Verb == "alter domain" && Domain(scene) is { } domain) yield return domain;
        if (scene.Table is not { HoldsRows: true } table) yield break;
        if (OfCommand(scene, table) is { } found) yield return found;
        foreach (var finding in AlterAction.Of(scene.Command).SelectMany(action => OfAction(scene, table, action))) yield return finding;
    }

    private static MigrationFinding? OfCommand(CommandScene scene, SchemaTable table) => scene.Command.Verb switch
    {
        "create index" or "create unique index" when !scene.Command.Has("concurrently") => scene.Blocks(MigrationRule.IndexNotConcurrent,
            $"Nobody writes to {table.FullName} while the index is built.", "CREATE INDEX CONCURRENTLY, in a migration without transaction."),
        "reindex index" or "reindex table" or "reindex" when !scene.Command.Has("concurrently") => scene.Blocks(MigrationRule.IndexNotConcurrent,
            $"Nobody writes to {table.FullName} while the index is built.", "REINDEX … CONCURRENTLY, in a migration without transaction."),
        "vacuum" when scene.Command.Has("full") => Rewrite(scene, table, "VACUUM FULL"),
        "cluster" => Rewrite(scene, table, "CLUSTER"),
        "refresh" when !scene.Command.Has("concurrently") => scene.Blocks(MigrationRule.TableRewrite,
            $"Nobody reads {table.FullName} while it is written anew.", "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index."),
        _ => null,
    };

    private static IEnumerable<MigrationFinding> OfAction(CommandScene scene, SchemaTable table, AlterAction action) => action.Kind switch
    {
        "add constraint" => AddConstraint(scene, table, action),
        "add column" => AddColumn(scene, table, action),
        "set not null" when !IsProven(scene, table, action.Name) => [scene.Blocks(MigrationRule.SetNotNullScans, $"Every row of {table.FullName} is read while nobody reads or writes it.",
            $"ADD CONSTRAINT … CHECK ({action.Name} IS NOT NULL) NOT VALID, VALIDATE it in another migration, then SET NOT NULL.")],
        "type" when ChangesFile(scene, action) => [scene.Blocks(MigrationRule.TypeChangeRewrites, $"{table.FullName} or an index of it is written anew while nobody reads or writes it.",
            "Add a column of the new type, fill it in batches, and switch the code over to it.")],
        "rewrite" => [Rewrite(scene, table, "ALTER TABLE … " + string.Join(' ', action.Rest.Take(2).Select(token => token.Text.ToUpperInvariant())))],
        "detach" when !action.Has("concurrently") => [scene.Blocks(MigrationRule.DetachNotConcurrent, $"Nobody reads or writes {table.FullName} and its partitions until the transaction ends.",
            "DETACH PARTITION … CONCURRENTLY, in a migration without transaction.")],
        "attach" when NeedsScan(scene, table, action) is { } partition => [scene.Blocks(MigrationRule.AttachWithoutCheck, $"Every row of {partition.FullName} is read while nobody reads or writes it.",
            $"First add to {partition.FullName} a validated CHECK that says what FOR VALUES says, and that the key is not null.") with { Table = partition.FullName }],
        _ => [],
    };

    private static IEnumerable<MigrationFinding> AddConstraint(CommandScene scene, SchemaTable table, AlterAction action)
    {
        var isKey = action.Has("unique") || action.Has("primary", "key") || action.Has("exclude");
        if (isKey && !action.Has("using", "index"))
        {
            yield return scene.Blocks(MigrationRule.UniqueNotUsingIndex, $"Nobody reads or writes {table.FullName} while the index behind the constraint is built.",
                "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX.");
        }
        else if (!isKey && !action.Has("not", "valid"))
        {
            yield return scene.Blocks(MigrationRule.ConstraintNotValid, $"Every row of {table.FullName} is checked while nobody writes to it.",
                "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another migration.");
        }
    }

    private static IEnumerable<MigrationFinding> AddColumn(CommandScene scene, SchemaTable table, AlterAction action)
    {
        var hasDefault = action.Has("default");
        if (action.Has("stored") || action.Has("identity") || action.Rest.Any(token => token.Kind == SqlTokenKind.Word && (Serials.Contains(token.Text) || (hasDefault && Volatile.Contains(token.Text))))
            || scene.WasRewritten)
        {
            yield return scene.Blocks(MigrationRule.ColumnRewritesTable, $"{table.FullName} is written anew while nobody reads or writes it.",
                "Add the column without it, set the default for new rows, and fill the old ones in batches.");
        }

        if (action.Has("unique") || action.Has("primary", "key"))
        {
            yield return scene.Blocks(MigrationRule.UniqueNotUsingIndex, $"Nobody reads or writes {table.FullName} while the index behind the constraint is built.",
                "Add the column alone, CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX.");
        }

        // REFERENCES of a column that is NULL everywhere needs no look at the rows.
        if (action.Has("check") || (hasDefault && action.Has("references")))
        {
            yield return scene.Blocks(MigrationRule.ConstraintNotValid, $"Every row of {table.FullName} is checked while nobody reads or writes it.",
                "Add the column alone, then ADD CONSTRAINT … NOT VALID, and VALIDATE it in another migration.");
        }
    }

    // A validated CHECK (column IS NOT NULL) spares the look at the rows (PostgreSQL 12 and later).
    private static bool IsProven(CommandScene scene, SchemaTable table, string column)
    {
        if (scene.Before.Tables.FirstOrDefault(item => item.Oid == table.Oid) is not { } before) return false;
        if (before.FindColumn(column) is null or { NotNull: true }) return true;
        var validated = scene.Earlier.SelectMany(AlterAction.Of).Where(action => action.Kind == "validate").Select(action => action.Name).ToHashSet(StringComparer.Ordinal);
        return before.Constraints.Any(item => (item.Validated || (validated.Contains(item.Name) && !scene.IsInTransaction)) && Proves(item.Definition, column));
    }

    private static bool Proves(string definition, string column)
    {
        var tokens = SqlLexer.Split(definition).SelectMany(list => list).Where(token => !token.Is("(") && !token.Is(")")).ToList();
        return !SqlCommand.Contains(tokens, "or") && tokens.Where((token, index) => token.IsName && token.Text == column && new SqlCursor(tokens, index + 1).Sees("is", "not", "null")).Any();
    }

    // Seen where the version was committed; known from the types where it failed before.
    private static bool ChangesFile(CommandScene scene, AlterAction action) => scene.TableAfter is not null ? scene.WasRewritten : !action.Has("text") && !action.Has("varchar");

    private static SchemaTable? NeedsScan(CommandScene scene, SchemaTable parent, AlterAction action)
    {
        var parts = action.Name.Split('.');
        if (scene.Serving.FindTable(new(parts.Length > 1 ? parts[0] : null, parts[^1])) is not { } partition) return null;
        var words = parent.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        var now = scene.Before.Tables.FirstOrDefault(table => table.Oid == partition.Oid) ?? partition;
        return now.Constraints.Any(item => item.Validated && item.Definition.StartsWith("CHECK", StringComparison.Ordinal) && Bounds(item.Definition, words)) ? null : partition;
    }

    private static bool Bounds(string definition, HashSet<string> columns) =>
        SqlLexer.Split(definition).SelectMany(list => list).ToList() is var tokens && tokens.Any(token => token.IsName && columns.Contains(token.Text))
        && tokens.Any(token => token.Kind == SqlTokenKind.Mark && token.Text is "=" or "<" or ">" or "<=" or ">=");

    private static MigrationFinding Rewrite(CommandScene scene, SchemaTable table, string what) => scene.Blocks(MigrationRule.TableRewrite,
        $"{what} writes {table.FullName} anew while nobody reads or writes it.", "Leave it out of the rollout: do it in a maintenance window, or with pg_repack.");

    private static MigrationFinding? Domain(CommandScene scene)
    {
        var rest = new SqlCursor(scene.Command.Actions.SelectMany(action => action).ToList());
        if (!(rest.Sees("add") || rest.Sees("set", "not", "null")) || scene.Command.Has("not", "valid")) return null;
        var table = scene.Serving.Tables.Where(item => item.HoldsRows && item.Columns.Any(column => column.Type.Split('.')[^1] == scene.Command.Target?.Name)).MaxBy(item => item.Bytes);
        return table is null ? null : scene.Blocks(MigrationRule.DomainConstraintScans, $"Every table with the domain is read while nobody writes to it, {table.FullName} among them.",
            "ALTER DOMAIN … ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another migration.") with { Table = table.FullName };
    }
}
