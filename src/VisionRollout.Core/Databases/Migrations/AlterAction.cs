namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One part of ALTER TABLE.</summary>
/// <param name="Kind">What it does, in a few words of its own, e.g. <c>add column</c>; empty for what no rule asks for.</param>
/// <param name="Name">Column, constraint or partition that it is about; empty for none.</param>
/// <param name="Rest">The tokens behind the name.</param>
internal sealed record AlterAction(string Kind, string Name, IReadOnlyList<SqlToken> Rest)
{
    private static readonly string[] ConstraintStarts = ["check", "unique", "primary", "foreign", "exclude"];

    /// <summary>The parts of a command.</summary>
    public static IEnumerable<AlterAction> Of(SqlCommand command) => command.Verb == "alter table" ? command.Actions.Select(Read) : [];

    /// <summary>Whether these words stand in the rest one after the other.</summary>
    public bool Has(params string[] words) => SqlCommand.Contains(Rest, words);

    private static AlterAction Read(IReadOnlyList<SqlToken> tokens)
    {
        var cursor = new SqlCursor(tokens);
        if (cursor.Take("add", "constraint")) return Named("add constraint", cursor);
        if (cursor.Take("add")) return ConstraintStarts.Any(word => new SqlCursor(cursor.Rest).Sees(word)) ? new("add constraint", "", cursor.Rest) : AddColumn(cursor);
        if (cursor.Take("drop", "constraint")) return Named("drop constraint", cursor);
        if (cursor.Take("drop")) return Column("drop column", cursor);
        if (cursor.Take("validate", "constraint")) return Named("validate", cursor);
        if (cursor.Take("rename", "constraint")) return new("", "", []);
        if (cursor.Take("rename", "to")) return new("rename table", "", cursor.Rest);
        if (cursor.Take("rename")) return Column("rename column", cursor);
        if (cursor.Take("set", "schema")) return new("rename table", "", cursor.Rest);
        if (cursor.Take("attach", "partition")) return new("attach", cursor.QualifiedName()?.ToString() ?? "", cursor.Rest);
        if (cursor.Take("detach", "partition")) return new("detach", cursor.QualifiedName()?.ToString() ?? "", cursor.Rest);
        if (cursor.Sees("set", "logged") || cursor.Sees("set", "unlogged") || cursor.Sees("set", "tablespace") || cursor.Sees("set", "access", "method")) return new("rewrite", "", cursor.Rest);
        return cursor.Take("alter") ? AlterColumn(cursor) : new("", "", cursor.Rest);
    }

    private static AlterAction AddColumn(SqlCursor cursor) => Column("add column", cursor);

    private static AlterAction AlterColumn(SqlCursor cursor)
    {
        var column = Column("", cursor);
        var rest = new SqlCursor(column.Rest);
        var kind = rest.Sees("set", "not", "null") ? "set not null"
            : rest.Sees("type") || rest.Sees("set", "data", "type") ? "type"
            : rest.Sees("drop", "default") || rest.Sees("drop", "identity") || rest.Sees("drop", "expression") ? "drop default" : "";
        return column with { Kind = kind };
    }

    private static AlterAction Column(string kind, SqlCursor cursor)
    {
        cursor.Take("column");
        return Named(kind, cursor);
    }

    private static AlterAction Named(string kind, SqlCursor cursor)
    {
        cursor.SkipCondition();
        return new(kind, cursor.Name() ?? "", cursor.Rest);
    }
}
