namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Reads the commands of a text, also those within DO and EXECUTE.</summary>
internal static class SqlCommands
{
    private static readonly string[] Kinds =
        ["foreign table", "table", "materialized view", "view", "index", "type", "domain", "sequence", "function", "procedure", "aggregate", "trigger", "schema", "extension"];

    private static readonly HashSet<string> Openers = ["begin", "then", "else", "loop"];

    /// <summary>Reads all commands of a text.</summary>
    public static IReadOnlyList<SqlCommand> Read(string sql) => [.. SqlLexer.Split(sql).SelectMany(Read)];

    private static IEnumerable<SqlCommand> Read(IReadOnlyList<SqlToken> tokens)
    {
        if (!tokens[0].Is("do")) return [ReadOne(tokens)];
        return tokens.Where(token => token.Kind == SqlTokenKind.Text).SelectMany(body => SqlLexer.Split(body.Text)).SelectMany(ReadWithin);
    }

    // In PL/pgSQL a command may stand behind BEGIN, THEN, ELSE or LOOP, and in the string of EXECUTE.
    private static IEnumerable<SqlCommand> ReadWithin(IReadOnlyList<SqlToken> tokens)
    {
        var start = 0;
        for (var index = 0; index < tokens.Count; index++) start = tokens[index].Kind == SqlTokenKind.Word && Openers.Contains(tokens[index].Text) ? index + 1 : start;
        if (start >= tokens.Count) return [];
        var rest = tokens.Skip(start).ToList();
        return rest[0].Is("execute") ? rest.Where(token => token.Kind == SqlTokenKind.Text).SelectMany(text => Read(text.Text)) : [ReadOne(rest)];
    }

    private static SqlCommand ReadOne(IReadOnlyList<SqlToken> tokens)
    {
        var cursor = new SqlCursor(tokens);
        if (cursor.Take("alter")) return ReadAlter(tokens, cursor);
        if (cursor.Take("create")) return ReadCreate(tokens, cursor);
        if (cursor.Take("drop")) return ReadDrop(tokens, cursor);
        if (cursor.Take("truncate")) return ReadTruncate(tokens, cursor);
        if (cursor.Take("update")) return Simple("update", tokens, Only(cursor));
        if (cursor.Take("delete", "from")) return Simple("delete", tokens, Only(cursor));
        if (cursor.Take("insert", "into")) return Simple("insert", tokens, cursor);
        if (cursor.Take("merge", "into")) return Simple("merge", tokens, Only(cursor));
        if (cursor.Take("with")) return ReadWith(tokens);
        if (cursor.Take("cluster")) return Simple("cluster", tokens, Past(cursor, "verbose"));
        if (cursor.Take("vacuum")) return Simple("vacuum", tokens, PastOptions(cursor));
        if (cursor.Take("reindex")) return ReadReindex(tokens, PastOptions(cursor));
        if (cursor.Take("refresh", "materialized", "view")) return Simple("refresh", tokens, Past(cursor, "concurrently"));
        if (cursor.Take("lock")) return Simple("lock", tokens, Only(Past(cursor, "table")));
        return new() { Verb = tokens[0].Text, Tokens = tokens };
    }

    private static SqlCommand ReadAlter(IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        foreach (var kind in Kinds)
        {
            if (!cursor.Take(kind.Split(' '))) continue;
            cursor.SkipCondition();
            cursor.Take("only");
            var target = cursor.QualifiedName();
            cursor.Take("*");
            return new() { Verb = $"alter {(kind == "foreign table" ? "table" : kind)}", Tokens = tokens, Target = target, Actions = SplitAtCommas(cursor.Rest) };
        }

        return new() { Verb = "alter", Tokens = tokens };
    }

    private static SqlCommand ReadCreate(IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        cursor.Take("or", "replace");
        var unique = cursor.Take("unique");
        if (cursor.Take("index"))
        {
            cursor.Take("concurrently");
            cursor.SkipCondition();
            if (!cursor.Sees("on")) cursor.Name();
            cursor.Take("on");
            return Simple(unique ? "create unique index" : "create index", tokens, Only(cursor));
        }

        while (cursor.Take("unlogged") || cursor.Take("temporary") || cursor.Take("temp") || cursor.Take("constraint") || cursor.Take("recursive"))
        {
            // What kind of table, trigger or view it is does not matter to the rules.
        }

        foreach (var kind in Kinds)
        {
            if (!cursor.Take(kind.Split(' '))) continue;
            cursor.SkipCondition();
            return Simple($"create {(kind == "foreign table" ? "table" : kind)}", tokens, cursor);
        }

        return new() { Verb = "create", Tokens = tokens };
    }

    private static SqlCommand ReadDrop(IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        foreach (var kind in Kinds)
        {
            if (!cursor.Take(kind.Split(' '))) continue;
            cursor.Take("concurrently");
            cursor.SkipCondition();
            var names = SplitAtCommas(cursor.Rest).Select(part => new SqlCursor(part).QualifiedName()).OfType<SqlName>().ToList();
            return new() { Verb = $"drop {(kind == "foreign table" ? "table" : kind)}", Tokens = tokens, Target = names.FirstOrDefault(), Others = [.. names.Skip(1)] };
        }

        return new() { Verb = "drop", Tokens = tokens };
    }

    private static SqlCommand ReadTruncate(IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        cursor.Take("table");
        var names = SplitAtCommas(cursor.Rest).Select(part => Only(new SqlCursor(part)).QualifiedNameOf()).OfType<SqlName>().ToList();
        return new() { Verb = "truncate", Tokens = tokens, Target = names.FirstOrDefault(), Others = [.. names.Skip(1)] };
    }

    private static SqlCommand ReadReindex(IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        var verb = cursor.Take("index") ? "reindex index" : cursor.Take("table") ? "reindex table" : "reindex";
        return Simple(verb, tokens, Past(cursor, "concurrently"));
    }

    // WITH … UPDATE, DELETE or INSERT: the command behind the common table expressions, or within one of them.
    private static SqlCommand ReadWith(IReadOnlyList<SqlToken> tokens)
    {
        var depth = 0;
        for (var index = 1; index < tokens.Count; index++)
        {
            depth += tokens[index].Is("(") ? 1 : tokens[index].Is(")") ? -1 : 0;
            var opens = depth == 0 ? tokens[index - 1].Is(")") : tokens[index - 1].Is("(");
            if (!opens) continue;
            var cursor = new SqlCursor(tokens, index);
            if (cursor.Take("update")) return Simple("update", tokens, Only(cursor));
            if (cursor.Take("delete", "from")) return Simple("delete", tokens, Only(cursor));
            if (cursor.Take("insert", "into")) return Simple("insert", tokens, cursor);
        }

        return new() { Verb = "select", Tokens = tokens };
    }

    private static SqlCommand Simple(string verb, IReadOnlyList<SqlToken> tokens, SqlCursor cursor)
    {
        var target = cursor.QualifiedName();
        return new() { Verb = verb, Tokens = tokens, Target = target, Actions = [cursor.Rest] };
    }

    private static SqlName? QualifiedNameOf(this SqlCursor cursor) => cursor.QualifiedName();

    private static SqlCursor Only(SqlCursor cursor) => Past(cursor, "only");

    private static SqlCursor Past(SqlCursor cursor, string word)
    {
        cursor.Take(word);
        return cursor;
    }

    private static SqlCursor PastOptions(SqlCursor cursor)
    {
        if (cursor.Sees("("))
        {
            var rest = cursor.Rest;
            var close = rest.ToList().FindIndex(token => token.Is(")"));
            return new(rest, close + 1);
        }

        while (cursor.Take("full") || cursor.Take("freeze") || cursor.Take("verbose") || cursor.Take("analyze"))
        {
            // The rules look at the tokens for these.
        }

        return cursor;
    }

    /// <summary>Splits tokens at the commas that stand in no parentheses.</summary>
    public static IReadOnlyList<IReadOnlyList<SqlToken>> SplitAtCommas(IReadOnlyList<SqlToken> tokens)
    {
        var parts = new List<IReadOnlyList<SqlToken>>();
        var part = new List<SqlToken>();
        var depth = 0;
        foreach (var token in tokens)
        {
            depth += token.Is("(") || token.Is("[") ? 1 : token.Is(")") || token.Is("]") ? -1 : 0;
            if (depth == 0 && token.Is(","))
            {
                parts.Add(part);
                part = [];
            }
            else
            {
                part.Add(token);
            }
        }

        if (part.Count > 0) parts.Add(part);
        return parts;
    }
}
