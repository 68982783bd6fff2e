using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Tests.Databases.Migrations;

/// <summary>What is judged the same on every server; the rules about statements are tried on a real one.</summary>
public sealed class MigrationJudgeTests
{
    private static readonly SchemaTable Accounts = new() { Oid = 20_000, Schema = "public", Name = "accounts", Kind = "r", File = 1, Bytes = 20 << 20, Columns = [new("id", "bigint", true, null, false, false), new("name", "text", false, null, false, false)] };

    [Theory]
    [InlineData(9L << 20, 200, MigrationVerdict.Warning)]
    [InlineData(10L << 20, 200, MigrationVerdict.Blocks)]
    [InlineData(9L << 20, 1001, MigrationVerdict.Blocks)]
    public void A_lock_on_a_small_table_is_a_warning_unless_it_was_held_long(long bytes, int milliseconds, MigrationVerdict expected)
    {
        var before = new SchemaCatalogue { Tables = [Accounts with { Bytes = bytes }] };
        var preflight = MigrationJudge.Judge(Capture(before, before, "CREATE INDEX by_name ON accounts (name)") with
        {
            Commits = [Commit(before) with { Duration = TimeSpan.FromMilliseconds(milliseconds), LockTimeout = TimeSpan.FromSeconds(2) }],
        });
        Assert.Equal(expected, Assert.Single(preflight.Statements).Verdict);
        Assert.Equal(expected == MigrationVerdict.Warning ? Verdict.Go : Verdict.NoGo, preflight.Verdict);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), preflight.Statements[0].Held);
    }

    [Fact]
    public void A_vacuum_against_wraparound_is_told()
    {
        var schema = new SchemaCatalogue { Tables = [Accounts] };
        var preflight = MigrationJudge.Judge(Capture(schema, schema) with { Facts = new([], ["public.accounts"], [], []) });
        Assert.Equal((MigrationRule.WraparoundVacuum, "public.accounts"), Assert.Single(preflight.Findings.Select(finding => (finding.Rule, finding.Table))));
        Assert.Equal(Verdict.Go, preflight.Verdict);
    }

    [Fact]
    public void Many_rows_written_by_a_condition_are_still_too_many()
    {
        var schema = new SchemaCatalogue { Tables = [Accounts] };
        var capture = Capture(schema, schema, "UPDATE accounts SET name = 'x' WHERE id > 0");
        Assert.Equal(MigrationVerdict.Blocks, MigrationJudge.Judge(capture with { Commits = [Commit(schema) with { Written = [new(Accounts.Oid, MigrationJudge.LargestBatch + 1, 0)] }] }).Statements[0].Verdict);
        Assert.Equal(MigrationVerdict.Ok, MigrationJudge.Judge(capture with { Commits = [Commit(schema) with { Written = [new(Accounts.Oid, MigrationJudge.LargestBatch, 0)] }] }).Statements[0].Verdict);
    }

    [Fact]
    public void The_worst_verdict_speaks_for_a_statement_and_for_all()
    {
        var before = new SchemaCatalogue { Tables = [Accounts] };
        var preflight = MigrationJudge.Judge(Capture(before, before, "ALTER TABLE accounts DROP COLUMN name, ADD CONSTRAINT one UNIQUE (id)"));
        var statement = Assert.Single(preflight.Statements);
        Assert.Equal([MigrationRule.UniqueNotUsingIndex, MigrationRule.NoLockTimeout, MigrationRule.ObjectDropped, MigrationRule.NewConstraint], statement.Findings.Select(finding => finding.Rule));
        Assert.Equal((MigrationVerdict.Blocks, MigrationRule.UniqueNotUsingIndex), (statement.Verdict, statement.Rule));
        Assert.StartsWith("UniqueNotUsingIndex: ", preflight.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("integer", "bigint", true)]
    [InlineData("bigint", "integer", false)]
    [InlineData("integer", "numeric", true)]
    [InlineData("integer", "numeric(5,2)", false)]
    [InlineData("character varying(20)", "character varying(30)", true)]
    [InlineData("character varying(30)", "character varying(20)", false)]
    [InlineData("character varying(30)", "character varying", true)]
    [InlineData("character varying", "character varying(20)", false)]
    [InlineData("character varying(30)", "text", true)]
    [InlineData("text", "character varying(30)", false)]
    [InlineData("text", "character varying", true)]
    [InlineData("numeric(8,2)", "numeric(10,2)", true)]
    [InlineData("numeric(8,2)", "numeric(8,4)", false)]
    [InlineData("timestamp(0) without time zone", "timestamp(6) without time zone", true)]
    [InlineData("timestamp without time zone", "timestamp with time zone", false)]
    [InlineData("text", "integer", false)]
    public void A_type_widens_when_it_takes_every_old_value(string old, string now, bool widens)
    {
        SchemaCatalogue Schema(string type) => new() { Tables = [Accounts with { Columns = [new("name", type, false, null, false, false)] }] };
        var preflight = MigrationJudge.Judge(Capture(Schema(old), Schema(now), "ALTER TABLE accounts ALTER COLUMN name TYPE something"));
        Assert.Equal(!widens, preflight.Against().Any(finding => finding.Rule == MigrationRule.ColumnTypeChanged));
    }

    private static MigrationCommit Commit(SchemaCatalogue after) => new()
    {
        Version = "2", Duration = TimeSpan.FromMilliseconds(5), Schema = after,
        Locks = [new(Accounts.Oid, "RowExclusiveLock"), new(Accounts.Oid, "ShareLock"), new(Accounts.Oid, "AccessExclusiveLock")], LockTimeout = TimeSpan.Zero,
    };

    private static MigrationCapture Capture(SchemaCatalogue before, SchemaCatalogue after, params string[] statements) => new()
    {
        Service = "business",
        Before = before,
        After = after,
        Commits = [Commit(after)],
        Statements = [.. statements.Select(sql => new LoggedStatement("2", sql, TimeSpan.FromMilliseconds(1), false))],
    };
}
