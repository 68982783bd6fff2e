using VisionRollout.Core.Databases.Migrations;

namespace VisionRollout.Core.Tests.Databases.Migrations;

public sealed class SqlLexerTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", "select 1", "select 2")]
    [InlineData("-- DROP TABLE a; \nSELECT 1 /* ; /* nested ; */ DROP TABLE b; */ + 2", "select 1 + 2")]
    [InlineData("SELECT ';' || 'it''s; '", "select ; || it's; ")]
    [InlineData(@"SELECT E'a\';b'; SELECT 2", @"select a\';b", "select 2")]
    [InlineData("DO $body$ BEGIN DROP TABLE a; END; $body$; SELECT 1", "do  BEGIN DROP TABLE a; END; ", "select 1")]
    [InlineData("SELECT $$a;$b$;c$$", "select a;$b$;c")]
    [InlineData("SELECT \"Semi;colon\"\".x\"", "select Semi;colon\".x")]
    [InlineData("SELECT $1, 1.5e3", "select $1 , 1.5e3")]
    [InlineData("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3", "create function f ( ) returns int begin atomic select 1 ; select 2 ; end", "select 3")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "create rule r as on insert to t do ( select 1 ; select 2 )")]
    [InlineData("  ; -- nothing\n ;")]
    [InlineData("SELECT 'never closed; SELECT 2", "select never closed; SELECT 2")]
    public void A_semicolon_ends_a_statement_only_where_the_server_sees_one(string sql, params string[] expected) =>
        Assert.Equal(expected, SqlLexer.Split(sql).Select(tokens => string.Join(' ', tokens.Select(token => token.Text))));

    [Fact]
    public void Key_words_fold_and_quoted_names_do_not()
    {
        var tokens = SqlLexer.Split("DROP TABLE Orders, \"DROP\"")[0];
        Assert.True(tokens[0].Is("drop"));
        Assert.Equal(new SqlToken(SqlTokenKind.Word, "orders"), tokens[2]);
        Assert.Equal(new SqlToken(SqlTokenKind.Name, "DROP"), tokens[4]);
        Assert.False(tokens[4].Is("drop"));
    }
}
