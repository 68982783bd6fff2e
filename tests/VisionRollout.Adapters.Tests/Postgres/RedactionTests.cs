using VisionRollout.Adapters.Postgres;

namespace VisionRollout.Tests.Postgres;

/// <summary>No password gets into output or journals; some of them change this process's variables.</summary>
[Collection(nameof(LibpqPlacesTests))]
public sealed class RedactionTests
{
    [Theory]
    [InlineData("postgres://shop:s3cret@db.example:5432/shop", "postgres://shop:***@db.example:5432/shop")]
    [InlineData("could not connect to 'postgresql://shop:s3cret@db.example/shop': refused", "could not connect to 'postgresql://shop:***@db.example/shop': refused")]
    [InlineData("ecto://shop:s3/cr@et@db.example/shop", "ecto://shop:***@db.example/shop")]
    [InlineData("redis://:s3cret@cache:6379 and amqp://mq:s3cret@mq", "redis://:***@cache:6379 and amqp://mq:***@mq")]
    [InlineData("host=db user=shop password=s3cret dbname=shop", "host=db user=shop password=*** dbname=shop")]
    [InlineData("Host=db;Password=s3cret;Database=shop", "Host=db;Password=***;Database=shop")]
    [InlineData("password = 's3 cr\\'et' host=db", "password = '***' host=db")]
    [InlineData("DATABASE_PASSWORD=s3cret", "DATABASE_PASSWORD=***")]
    [InlineData("[username: \"shop\", password: \"s3 cret\", port: 5432]", "[username: \"shop\", password: \"***\", port: 5432]")]
    [InlineData("{\"password\":\"s3cret\",\"port\":5432}", "{\"password\":\"***\",\"port\":5432}")]
    [InlineData("{'password' => 's3cret', 'port' => 5432}", "{'password' => '***', 'port' => 5432}")]
    [InlineData("CREATE ROLE shop LOGIN PASSWORD 's3cret' VALID UNTIL 'infinity'", "CREATE ROLE shop LOGIN PASSWORD '***' VALID UNTIL 'infinity'")]
    [InlineData("alter role shop encrypted password 's3''cr''et';", "alter role shop encrypted password '***';")]
    [InlineData("ALTER USER shop WITH ENCRYPTED PASSWORD\nE's3\\'cret'", "ALTER USER shop WITH ENCRYPTED PASSWORD\nE'***'")]
    [InlineData("ALTER ROLE shop PASSWORD 's3cr", "ALTER ROLE shop PASSWORD '***")]
    public void What_stands_where_a_password_stands_is_left_out(string text, string expected)
    {
        Assert.Equal(expected, Address(null).Redact(text));
        Assert.Equal(expected, Address(null).Redact(expected));
    }

    [Theory]
    [InlineData("ALTER TABLE users ADD CONSTRAINT c CHECK (password = lower(password)), DROP COLUMN legacy")]
    [InlineData("UPDATE users SET password = concat('a b', email) WHERE id = 1; ALTER TABLE users DROP COLUMN legacy")]
    public void What_is_judged_stays_as_it_is_but_for_known_passwords(string sql)
    {
        Assert.Equal(sql, Address("s3cret").RedactKnown(sql));
        Assert.Equal(sql + " -- ***", Address("s3cret").RedactKnown(sql + " -- s3cret"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("== Running 20260901090000 Shop.Repo.Migrations.AddTier.change/0 forward")]
    [InlineData("FATAL:  password authentication failed for user \"shop\"")]
    [InlineData("no password supplied")]
    [InlineData("ALTER TABLE users ADD COLUMN password varchar(255) NOT NULL DEFAULT ''")]
    [InlineData("UPDATE users SET password = $1, name = $2 WHERE id = $3")]
    [InlineData("UPDATE users SET password = @p0 WHERE id = @p1")]
    [InlineData("ALTER ROLE shop PASSWORD NULL")]
    [InlineData("password_hash = 'x'")]
    [InlineData("password: nil, port: 5432")]
    [InlineData("if password == confirmation")]
    [InlineData("image registry.example:5000/shop@sha256:0a1b")]
    [InlineData("pulled https://registry.example:5000/shop@sha256:0a1b")]
    [InlineData("postgres://db.example:5432/shop answers, ask ops@example.com")]
    [InlineData("postgres://shop@db.example:5432/shop")]
    public void A_harmless_line_stays_as_it_is(string text) => Assert.Equal(text, Address(null).Redact(text));

    [Theory]
    [InlineData("p@ss word/1", "cannot log in with p@ss word/1 or p%40ss%20word%2F1", "cannot log in with *** or ***")]
    [InlineData("", "nothing to hide", "nothing to hide")]
    [InlineData(null, "nothing to hide", "nothing to hide")]
    public void The_known_password_is_left_out_wherever_it_stands(string? password, string text, string expected) => Assert.Equal(expected, Address(password).Redact(text));

    [Fact]
    public void The_password_of_the_environment_is_left_out_wherever_it_stands()
    {
        using (new EnvironmentScope(("PGPASSWORD", "from the environment")))
        {
            Assert.Equal("*** *** ***", Address("given").Redact("from the environment from%20the%20environment given"));
        }

        using (new EnvironmentScope(("PGPASSWORD", ""))) Assert.Equal("nothing to hide", Address(null).Redact("nothing to hide"));
    }

    private static DatabaseAddress Address(string? password) => new() { Service = "business", Host = "db.example", Port = 5432, Database = "shop", Password = password };
}
