using System.Text;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Rules about what a person should know.</summary>
internal static class WarningRules
{
    private const int LongestName = 63;

    public static IEnumerable<MigrationFinding> Judge(CommandScene scene)
    {
        if (scene.Command.Verb == "create table")
        {
            var made = scene.Commit?.Schema.FindTable(scene.Command.Target);
            if (made is not null && SmallKey(made) is { } key)
                yield return scene.Warns(MigrationRule.IntegerPrimaryKey, $"{made.FullName}.{key.Name} is {key.Type}: it ends at {(key.Type == "integer" ? "2,147,483,647" : "32,767")}.", "Use bigint.") with { Table = made.FullName };
            if (made?.Columns.FirstOrDefault(column => column.Type == "json") is { } json)
                yield return scene.Warns(MigrationRule.JsonNotJsonb, $"{made.FullName}.{json.Name} is json, which has no equality.", "Use jsonb.") with { Table = made.FullName };
        }

        if (scene.Command.Verb == "create extension" && scene.Capture.Facts.SuperuserExtensions.Contains(scene.Command.Target?.Name, StringComparer.Ordinal))
            yield return scene.Warns(MigrationRule.ExtensionNeedsSuperuser, $"Only a superuser may create the extension {scene.Command.Target}.", "Have it created before the rollout by somebody who may.");
        if (scene.Command.Tokens.FirstOrDefault(token => token.IsName && Encoding.UTF8.GetByteCount(token.Text) > LongestName) is { Text: { Length: > 0 } name })
            yield return scene.Warns(MigrationRule.LongIdentifier, $"The name {name} has more than {LongestName} bytes: PostgreSQL cuts it.", "Use a shorter name.");
    }

    /// <summary>What stands in the way in the service's own database.</summary>
    public static IEnumerable<MigrationFinding> Judge(DatabaseFacts facts) =>
    [
        .. facts.LongTransactions.Select(who => new MigrationFinding(MigrationRule.LongTransaction, MigrationVerdict.Warning, $"{who}: the migration may have to wait for it.", "Wait until it has ended, or have it ended.")),
        .. facts.WraparoundVacuums.Select(table => new MigrationFinding(MigrationRule.WraparoundVacuum, MigrationVerdict.Warning, $"A vacuum against wraparound runs on {table}: it does not give way to the migration.", "Wait until it has ended.", table)),
        .. facts.PreparedTransactions.Select(name => new MigrationFinding(MigrationRule.PreparedTransaction, MigrationVerdict.Warning, $"The prepared transaction {name} holds its locks until somebody ends it.", "COMMIT PREPARED or ROLLBACK PREPARED.")),
    ];

    private static SchemaColumn? SmallKey(SchemaTable table)
    {
        var key = table.Constraints.FirstOrDefault(item => item.Definition.StartsWith("PRIMARY KEY (", StringComparison.Ordinal))?.Definition["PRIMARY KEY (".Length..].TrimEnd(')');
        return table.Columns.FirstOrDefault(column => column.Name == key && column.Type is "integer" or "smallint" && column.Name == key);
    }
}
