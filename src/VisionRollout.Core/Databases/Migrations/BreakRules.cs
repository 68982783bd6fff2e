namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Rules about what the version that is still serving may use.</summary>
internal static class BreakRules
{
    private const string Later = "Leave it until no version uses it: in a later rollout.";

    public static IEnumerable<MigrationFinding> Judge(CommandScene scene) => scene.Command.Verb switch
    {
        "drop table" or "drop view" or "drop materialized view" => scene.Command.Targets.Select(scene.Serving.FindTable).OfType<SchemaTable>()
            .Select(table => scene.Breaks(MigrationRule.ObjectDropped, $"The serving version may use {table.FullName}.", Later) with { Table = table.FullName }),
        "drop type" or "drop domain" => scene.Command.Targets.Where(name => scene.Serving.FindType(name) is not null)
            .Select(name => scene.Breaks(MigrationRule.ObjectDropped, $"The serving version may use the type {name}.", Later)),
        "drop schema" => scene.Command.Targets.Where(name => scene.Serving.Tables.Any(table => table.Schema == name.Name))
            .Select(name => scene.Breaks(MigrationRule.ObjectDropped, $"The serving version may use what is in the schema {name}.", Later)),
        "drop sequence" => scene.Command.Targets.Where(name => scene.Serving.Sequences.Any(item => item == name.ToString() || item.EndsWith($".{name.Name}", StringComparison.Ordinal)))
            .Select(name => scene.Breaks(MigrationRule.DefaultDropped, $"The serving version may take numbers from {name}.", Later)),
        "drop function" or "drop procedure" or "drop aggregate" or "alter function" or "alter procedure" or "drop trigger" or "alter trigger" or "create function" or "create procedure" => Functions(scene),
        "alter view" or "alter materialized view" or "alter type" or "alter domain" or "alter sequence" => Renames(scene),
        "alter table" => scene.Table is { } table ? AlterAction.Of(scene.Command).SelectMany(action => OfAction(scene, table, action)) : [],
        "create unique index" when scene.Table is { } table && NamesKnownColumn(table, scene.Command.Actions[0]) => [NewConstraint(scene, table)],
        "truncate" when scene.Command.Has("cascade") => scene.Command.Targets.Select(scene.Serving.FindTable).OfType<SchemaTable>().Take(1)
            .Select(table => scene.Breaks(MigrationRule.TruncateCascade, $"{table.FullName} and every table that refers to it are emptied.", "Delete the rows that must go, by a condition and in batches.") with { Table = table.FullName }),
        "revoke" => Revokes(scene),
        _ => [],
    };

    private static IEnumerable<MigrationFinding> OfAction(CommandScene scene, SchemaTable table, AlterAction action)
    {
        var column = table.FindColumn(action.Name);
        return action.Kind switch
        {
            "drop column" when column is not null => [scene.Breaks(MigrationRule.ObjectDropped, $"The serving version may use {table.FullName}.{action.Name}.", Later)],
            "rename column" when column is not null => [scene.Breaks(MigrationRule.ObjectRenamed, $"The serving version knows {table.FullName}.{action.Name} by its old name.",
                "Add a column of the new name, write both, and drop the old one in a later rollout.")],
            "rename table" => [scene.Breaks(MigrationRule.ObjectRenamed, $"The serving version knows {table.FullName} by its old name.", "Keep the name; or put a view of the old name in its place, and prove it with the serving version's checks.")],
            "add column" => AddColumn(scene, table, action),
            "set not null" when column is { NotNull: false } => [NewConstraint(scene, table)],
            "add constraint" when !action.Has("using", "index") && NamesKnownColumn(table, action.Rest) => [NewConstraint(scene, table)],
            "type" when column is not null => TypeChange(scene, table, column, action),
            "drop default" when column is { NotNull: true } => [scene.Breaks(MigrationRule.DefaultDropped, $"The serving version may leave {table.FullName}.{column.Name} to its default.", Later)],
            _ => [],
        };
    }

    private static IEnumerable<MigrationFinding> AddColumn(CommandScene scene, SchemaTable table, AlterAction action)
    {
        var required = action.Has("not", "null") || action.Has("primary", "key");
        var filled = action.Has("default") || action.Has("generated") || action.Rest.Any(token => token.Kind == SqlTokenKind.Word && token.Text.EndsWith("serial", StringComparison.Ordinal));
        if (required && !filled)
            yield return scene.Breaks(MigrationRule.NotNullWithoutDefault, $"The serving version writes rows of {table.FullName} without {action.Name}.", "Give it a default, or let it be NULL until no old version writes.");
        if (action.Rest.Count > 0 && action.Rest[0].Is("json")) yield return Json(scene, table.FullName);
    }

    private static IEnumerable<MigrationFinding> TypeChange(CommandScene scene, SchemaTable table, SchemaColumn column, AlterAction action)
    {
        var now = scene.TableAfter?.FindColumn(column.Name)?.Type;
        if (now is not null && !ColumnTypes.IsWidening(column.Type, now))
            yield return scene.Breaks(MigrationRule.ColumnTypeChanged, $"The serving version reads and writes {table.FullName}.{column.Name} as {column.Type}, not {now}.", "Add a column of the new type, write both, and drop the old one in a later rollout.");
        if (action.Has("type", "json")) yield return Json(scene, table.FullName);
    }

    private static MigrationFinding Json(CommandScene scene, string table) => scene.Breaks(MigrationRule.JsonNotJsonb,
        $"json has no equality: SELECT DISTINCT, GROUP BY and UNION over {table} fail.", "Use jsonb.");

    // Whether old writes meet a new constraint only the serving version itself can show.
    private static MigrationFinding NewConstraint(CommandScene scene, SchemaTable table) => scene.ChecksPassed
        ? scene.Warns(MigrationRule.NewConstraint, $"The serving version's checks write {table.FullName} as the new constraint wants it; its other writes were not tried.", "See to it that the checks make every kind of write.")
        : scene.Breaks(MigrationRule.NewConstraint, $"Nothing shows that what the serving version writes into {table.FullName} meets the new constraint.",
            "Name Checks in the plan's Database that write as the serving version does, or add the constraint in a later rollout.");

    private static bool NamesKnownColumn(SchemaTable table, IReadOnlyList<SqlToken> tokens) =>
        tokens.TakeWhile(token => !token.Is("references")).Any(token => token.IsName && table.FindColumn(token.Text) is not null);

    private static IEnumerable<MigrationFinding> Functions(CommandScene scene)
    {
        // What the version's commit shows is sure; where it failed before, the words must do.
        var (kind, known, now) = scene.Command.Verb.EndsWith("trigger", StringComparison.Ordinal)
            ? ("trigger", scene.Serving.Triggers, scene.Commit?.Schema.Triggers) : ("function", scene.Serving.Functions, scene.Commit?.Schema.Functions);
        var names = scene.Command.Targets.Select(name => name.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in known.Where(item => names.Contains(NameOf(item)) && (now is null ? scene.Command.Verb.StartsWith("drop", StringComparison.Ordinal) : !now.Contains(item))))
            yield return scene.Breaks(MigrationRule.FunctionChanged, $"The serving version may need the {kind} {gone}.", "Leave it, and add the new one beside it under another name or with other arguments.");
    }

    // "public.total(integer) RETURNS …" and "audit ON public.orders".
    private static string NameOf(string item)
    {
        var head = item.Split('(', ' ')[0];
        return head[(head.LastIndexOf('.') + 1)..];
    }

    private static IEnumerable<MigrationFinding> Renames(CommandScene scene)
    {
        var rest = new SqlCursor(scene.Command.Actions.SelectMany(action => action).ToList());
        if (!(rest.Sees("rename") || rest.Sees("set", "schema") || rest.Sees("drop", "attribute")) || rest.Sees("rename", "constraint")) yield break;
        var name = scene.Command.Target;
        var known = scene.Serving.FindTable(name) is not null || scene.Serving.FindType(name) is not null
            || scene.Serving.Sequences.Any(item => item == name?.ToString() || item.EndsWith($".{name?.Name}", StringComparison.Ordinal));
        if (known) yield return scene.Breaks(MigrationRule.ObjectRenamed, $"The serving version knows {name}{(rest.Sees("rename", "value") ? "'s value" : "")} by its old name.", "Add the new name beside the old one, and drop the old one in a later rollout.");
    }

    private static IEnumerable<MigrationFinding> Revokes(CommandScene scene)
    {
        var on = scene.Command.Tokens.ToList().FindIndex(token => token.Is("on"));
        var cursor = new SqlCursor(scene.Command.Tokens, on + 1);
        var isTable = cursor.Take("table") || !(cursor.Sees("all") || cursor.Sees("schema") || cursor.Sees("database") || cursor.Sees("function") || cursor.Sees("sequence") || cursor.Sees("type"));
        if (on >= 0 && isTable && scene.Serving.FindTable(cursor.QualifiedName()) is null) yield break;
        yield return scene.Breaks(MigrationRule.PrivilegeRevoked, "The serving version may need the privilege.", Later);
    }
}
