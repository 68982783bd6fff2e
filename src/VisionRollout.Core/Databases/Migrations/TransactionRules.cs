namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Rules about what stands together in one transaction, and about how many rows it writes.</summary>
internal static class TransactionRules
{
    public static IEnumerable<MigrationFinding> Judge(CommandScene scene, IReadOnlyList<CommandScene> earlier, long largeTable)
    {
        if (scene.Table is not { HoldsRows: true } table) yield break;
        if (Written(scene, table) is { } written) yield return written;
        if (Validates(scene, table) is { } validates) yield return validates;
        if (!RelationLock.HoldsUpWriters(scene.Mode)) yield break;
        if (scene.Commit is { LockTimeout.Ticks: 0 } && !earlier.Any(other => other.Table is not null && RelationLock.HoldsUpWriters(other.Mode)))
        {
            yield return scene.Blocks(MigrationRule.NoLockTimeout, $"It waits without end for its lock on {table.FullName}, and everybody else waits behind it.",
                "Set lock_timeout for the migration: SET LOCAL lock_timeout = '2s', or PGOPTIONS='-c lock_timeout=2s' before the command.");
        }

        var others = earlier.Where(other => other.Table is { } one && one.Oid != table.Oid && one.Bytes >= largeTable && other.IsInTransaction && RelationLock.HoldsUpWriters(other.Mode)).ToList();
        if (others.Count > 0 && table.Bytes >= largeTable && scene.IsInTransaction)
        {
            yield return scene.Blocks(MigrationRule.SeveralTablesLocked, $"{others[0].Table!.FullName} stays locked while it waits for {table.FullName}.", "One migration for each table.");
        }
    }

    private static MigrationFinding? Validates(CommandScene scene, SchemaTable table)
    {
        var added = scene.Earlier.Where(command => scene.Serving.FindTable(command.Target)?.Oid == table.Oid).SelectMany(AlterAction.Of)
            .Concat(AlterAction.Of(scene.Command)).Where(action => action.Kind == "add constraint").Select(action => action.Name).ToHashSet(StringComparer.Ordinal);
        return scene.IsInTransaction && AlterAction.Of(scene.Command).Any(action => action.Kind == "validate" && added.Contains(action.Name))
            ? scene.Blocks(MigrationRule.ValidateInSameTransaction, $"The rows of {table.FullName} are checked under the lock that adding the constraint took.", "VALIDATE CONSTRAINT in a migration of its own.")
            : null;
    }

    private static MigrationFinding? Written(CommandScene scene, SchemaTable table)
    {
        if (scene.Command.Verb is not ("update" or "delete" or "merge" or "insert")) return null;
        var rows = scene.Commit?.Written.FirstOrDefault(item => item.Oid == table.Oid);
        var unbounded = scene.Command.Verb is "update" or "delete" && !scene.Command.Has("where");
        var changesSchema = scene.IsInTransaction && scene.Earlier.Any(command => command.Verb is "alter table" or "create index" or "create unique index" && scene.Serving.FindTable(command.Target) is not null);
        if (changesSchema && (unbounded || (rows?.Updated ?? 0) + (rows?.Deleted ?? 0) > 0))
        {
            return scene.Blocks(MigrationRule.BackfillWithSchemaChange, $"The locks of the schema change are held until the rows of {table.FullName} are written.", "Fill the rows in a migration of its own, in batches.");
        }

        if (scene.Command.Verb == "insert" || (!unbounded && (rows?.Updated ?? 0) + (rows?.Deleted ?? 0) <= MigrationJudge.LargestBatch)) return null;
        return scene.Blocks(MigrationRule.UnbatchedWrite, $"{(rows is null ? "All" : rows.Updated + rows.Deleted)} rows of {table.FullName} are written in one transaction, and stay locked until it ends.",
            $"Write at most {MigrationJudge.LargestBatch} rows at once, each batch in a transaction of its own.");
    }
}
