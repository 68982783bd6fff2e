using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>What a ledger's digest sees.</summary>
public sealed class LedgerDigestTests(PostgresServer server)
{
    private const int Limit = 60_000;

    // Two rows of each type, the second with the value that its hash alone, or its order alone, would not tell from another.
    private const string EveryType = """
        CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN short AS text; CREATE TYPE pair AS (a int, b text);
        CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE t (
            id int PRIMARY KEY, big bigint, small smallint, flag boolean, word text, folded text COLLATE blind, padded char(5), named varchar(9), amount numeric, ratio float8,
            at timestamptz, plain timestamp, day date, hour time, span interval, key uuid, raw bytea, doc json, docb jsonb, x xml, spot point, feel mood, tags text[], range int4range, made pair, bits bit(3), price money, few short);
        INSERT INTO t VALUES
            (1, 1, 1, true, 'a', 'a', 'a', 'a', 1.0, 0.0, '2026-01-01', '2026-01-01', '2026-01-01', '10:00', '1 day', '00000000-0000-0000-0000-000000000001', '\x00', '{"a":1}', '{"a":1.0}', '<a/>', '(1,2)', 'sad', '{a}', '[1,2)', '(1,a)', '101', 5, 'a'),
            (2, 2, 2, false, 'b', 'b', 'b', 'b', 2.0, 1.0, '2026-01-02', '2026-01-02', '2026-01-02', '11:00', '2 days', '00000000-0000-0000-0000-000000000002', '\x01', '{"a":2}', '{"a":2.0}', '<b/>', '(3,4)', 'happy', '{b}', '[3,4)', '(2,b)', '111', 6, 'b');
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData("big = 4294967296")]
    [InlineData("big = NULL")]
    [InlineData("small = 3")]
    [InlineData("flag = false")]
    [InlineData("word = NULL")]
    [InlineData("word = ''")]
    [InlineData("folded = 'A'")]
    [InlineData("padded = 'aa'")]
    [InlineData("named = 'b'")]
    [InlineData("amount = -1.0")]
    [InlineData("amount = 1.00")]
    [InlineData("amount = 'NaN'")]
    [InlineData("ratio = '-0'")]
    [InlineData("ratio = 'NaN'")]
    [InlineData("at = '2026-01-01 00:00:00.000001'")]
    [InlineData("at = 'infinity'")]
    [InlineData("plain = '2026-01-01 01:00'")]
    [InlineData("day = '-infinity'")]
    [InlineData("hour = '10:00:01'")]
    [InlineData("span = '24 hours'")]
    [InlineData("key = '10000000-0000-0000-0000-000000000001'")]
    [InlineData("raw = '\\x0000'")]
    [InlineData("doc = '{\"a\": 1}'")]
    [InlineData("docb = '{\"a\": 1}'")]
    [InlineData("x = '<a></a>'")]
    [InlineData("spot = '(2,1)'")]
    [InlineData("feel = 'happy'")]
    [InlineData("tags = '{NULL}'")]
    [InlineData("range = '[1,3)'")]
    [InlineData("made = '(1,)'")]
    [InlineData("bits = '100'")]
    [InlineData("price = 6")]
    [InlineData("few = 'b'")]
    public async Task A_change_of_one_value_is_seen(string change)
    {
        var database = await server.CreateAsync("business", EveryType);
        var databases = Databases(database);
        var before = await databases.ReadLedgerAsync(database.Service, null, Token);
        await database.ExecuteAsync($"UPDATE t SET {change} WHERE id = 1");
        var after = await databases.ReadLedgerAsync(database.Service, null, Token);
        Assert.NotEqual(Assert.Single(before.Tables).Digest, Assert.Single(after.Tables).Digest);
    }

    [Theory(Timeout = Limit)]
    [InlineData("big")]
    [InlineData("word")]
    [InlineData("doc")]
    public async Task Values_that_changed_places_between_rows_are_seen(string column)
    {
        var database = await server.CreateAsync("business", EveryType);
        var before = await Databases(database).ReadLedgerAsync(database.Service, null, Token);
        await database.ExecuteAsync($"UPDATE t SET {column} = (SELECT other.{column} FROM t AS other WHERE other.id <> t.id)");
        Assert.NotEqual(Assert.Single(before.Tables).Digest, Assert.Single((await Databases(database).ReadLedgerAsync(database.Service, null, Token)).Tables).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task The_same_rows_written_again_in_another_order_have_the_same_digest()
    {
        var database = await server.CreateAsync("business", EveryType);
        var databases = Databases(database);
        var before = await databases.ReadLedgerAsync(database.Service, null, Token);
        await database.ExecuteAsync("CREATE TABLE copy AS SELECT * FROM t; TRUNCATE t; INSERT INTO t SELECT * FROM copy ORDER BY id DESC; DROP TABLE copy");
        var after = await databases.ReadLedgerAsync(database.Service, null, Token);
        Assert.Equal(DigestForm.Record, after.Form);
        Assert.Equal(before.Tables, after.Tables);
    }

    [Fact(Timeout = Limit)]
    public async Task A_table_of_as_many_columns_as_fit_has_a_digest()
    {
        var columns = string.Join(", ", Enumerable.Range(0, 1600).Select(number => $"c{number} bigint"));
        var database = await server.CreateAsync("business", $"CREATE TABLE wide ({columns}); INSERT INTO wide (c0, c1599) VALUES (1, 2)");
        var before = await Databases(database).ReadLedgerAsync(database.Service, null, Token);
        await database.ExecuteAsync("UPDATE wide SET c1599 = 3");
        Assert.NotEqual(before.Tables[0].Digest, (await Databases(database).ReadLedgerAsync(database.Service, null, Token)).Tables[0].Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_compared_with_a_ledger_of_text_digests_is_digested_as_text()
    {
        var database = await server.CreateAsync("business", EveryType);
        var databases = Databases(database);
        var noted = await databases.ReadLedgerAsync(database.Service, null, Token);
        var text = await database.ReadAsync<string>("SET datestyle = ISO; SET timezone = 'UTC'; SET intervalstyle = iso_8601; SET lc_monetary = 'C'; SELECT sum(hashtextextended(t::text, 0))::text FROM t");
        var before = noted with { Form = DigestForm.Text, Tables = [noted.Tables[0] with { Digest = text, Types = null }] };
        await database.ExecuteAsync("INSERT INTO t (id) VALUES (3)");

        var after = await databases.ReadLedgerSinceAsync(database.Service, before, null, Token);

        Assert.Equal(new KeptRows(2, text), after.Tables[0].Kept);
        Assert.Equal(TableChangeKind.Grown, Assert.Single(LedgerComparison.Of(before, after).Tables).Kind);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ALTER TABLE t ALTER COLUMN word TYPE varchar", TableChangeKind.Same)]
    [InlineData("ALTER TABLE t ALTER COLUMN word TYPE short", TableChangeKind.Changed)]
    [InlineData("ALTER TABLE t ALTER COLUMN id TYPE bigint", TableChangeKind.Changed)]
    public async Task Another_type_of_a_column_is_no_loss_and_no_tampering(string change, TableChangeKind kind)
    {
        var database = await server.CreateAsync("business", EveryType);
        var before = await Databases(database).ReadLedgerAsync(database.Service, null, Token);
        await database.ExecuteAsync(change);
        var table = Assert.Single(LedgerComparison.Of(before, await Databases(database).ReadLedgerSinceAsync(database.Service, before, null, Token)).Tables);
        Assert.Equal((kind, 0L), (table.Kind, table.RowsLost));
    }

    private static ServiceDatabases Databases(TestDatabase database)
    {
        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, Arg.Any<CancellationToken>()).ReturnsForAnyArgs(_ => database.Secret);
        return new(new DatabaseAddresses(() => objects), new SystemClock());
    }
}
