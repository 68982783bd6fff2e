namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Classes a migration by what it did on the scratch database and what its undo did there.</summary>
internal static class ReversibilityRules
{
    /// <summary>The class, and why.</summary>
    /// <param name="capture">What was seen.</param>
    /// <param name="commit">The version's commit.</param>
    /// <param name="before">The schema before it.</param>
    public static (Reversibility Class, string Reason) Of(MigrationCapture capture, MigrationCommit commit, SchemaCatalogue before)
    {
        if (!capture.HasUndo) return (Reversibility.Irreversible, "The plan names no Undo command.");
        if (Destroys(capture, commit, before) is { } destroyed) return (Reversibility.Irreversible, $"It destroys {destroyed}: an undo cannot bring that back.");
        if (capture.Undos.FirstOrDefault(trial => trial.Version == commit.Version) is not { } undo) return (Reversibility.Unknown, "Its undo was not tried.");
        if (undo.Failure is not null) return (Reversibility.Irreversible, $"Its undo fails on the scratch database: {undo.Failure}");
        var (left, missing) = (undo.After.Lines().Except(before.Lines()).ToList(), before.Lines().Except(undo.After.Lines()).ToList());
        if (left.Count + missing.Count > 0) return (Reversibility.Irreversible, $"Its undo does not bring the schema back: {string.Join("; ", left.Select(line => $"{line} stays").Concat(missing.Select(line => $"{line} is missing")).Take(3))}.");
        return Loses(commit, before, undo) is { } lost ? (Reversibility.ReversibleWithDataLoss, $"Its undo loses {lost}.") : (Reversibility.Reversible, "Its undo brings the schema back and loses nothing.");
    }

    private static string? Destroys(MigrationCapture capture, MigrationCommit commit, SchemaCatalogue before)
    {
        foreach (var table in before.Tables.Where(table => table.HoldsRows))
        {
            if (commit.Schema.Tables.FirstOrDefault(item => item.Oid == table.Oid) is not { } after) return $"table {table.FullName}";

            // A rename keeps the values; a column that goes while another comes is taken for one.
            var gone = table.Columns.Where(column => after.FindColumn(column.Name) is null).ToList();
            if (gone.Count > after.Columns.Count(column => table.FindColumn(column.Name) is null)) return $"column {table.FullName}.{gone[0].Name}";
        }

        var commands = capture.Statements.Where(statement => statement.Version == commit.Version || statement.Version is null).SelectMany(statement => SqlCommands.Read(statement.Sql)).ToList();
        if (commands.FirstOrDefault(command => command.Verb == "truncate" && before.FindTable(command.Target) is not null) is { } truncate) return $"the rows of {truncate.Target}";
        if (commands.FirstOrDefault(command => command.Verb == "drop table" && before.FindTable(command.Target) is { HoldsRows: true }) is { } drop) return $"table {drop.Target}";
        foreach (var rows in commit.Written.Where(rows => before.Tables.Any(table => table.Oid == rows.Oid)))
        {
            var table = before.Tables.First(item => item.Oid == rows.Oid);
            if (rows.Deleted > 0) return $"{rows.Deleted} rows of {table.FullName}";
            if (rows.Updated > 0 && commands.Any(command => command.Verb is "update" or "merge" && before.FindTable(command.Target)?.Oid == table.Oid && SetsKnownColumn(command, table))) return $"values of {table.FullName}, which it overwrites";
        }

        return null;
    }

    // UPDATE … SET a = …, (b, c) = …: the names before the equals signs.
    private static bool SetsKnownColumn(SqlCommand command, SchemaTable table)
    {
        var tokens = command.Actions.SelectMany(action => action).SkipWhile(token => !token.Is("set")).Skip(1).TakeWhile(token => !token.Is("where") && !token.Is("from")).ToList();
        return SqlCommands.SplitAtCommas(tokens).SelectMany(part => part.TakeWhile(token => !token.Is("="))).Any(token => token.IsName && table.FindColumn(token.Text) is not null);
    }

    private static string? Loses(MigrationCommit commit, SchemaCatalogue before, MigrationUndoTrial undo)
    {
        foreach (var table in commit.Schema.Tables.Where(table => table.HoldsRows))
        {
            if (before.Tables.FirstOrDefault(item => item.Oid == table.Oid) is not { } old)
                return $"what is written into the new table {table.FullName}";
            if (table.Columns.FirstOrDefault(column => old.FindColumn(column.Name) is null && !column.Generated) is { } column && old.Columns.All(item => table.FindColumn(item.Name) is not null))
                return $"what is written into the new column {table.FullName}.{column.Name}";
            if (undo.Written.FirstOrDefault(item => item.Oid == table.Oid) is { } rows && rows.Updated + rows.Deleted > 0)
                return $"what it overwrites or deletes in {table.FullName}";
        }

        return null;
    }
}
