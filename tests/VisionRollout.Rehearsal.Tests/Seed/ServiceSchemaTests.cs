using VisionRollout.Rehearsal.Seed;

namespace VisionRollout.Rehearsal.Tests.Seed;

public sealed class ServiceSchemaTests
{
    [Theory]
    [InlineData("business")]
    [InlineData("core")]
    [InlineData("swarm")]
    [InlineData("development")]
    [InlineData("something-else")]
    public void Every_service_has_two_pending_migrations_newer_than_the_applied_ones(string service)
    {
        var schema = ServiceSchema.Of(service);

        Assert.Equal(2, schema.Migrations.Count);
        Assert.NotEmpty(schema.Applied);
        Assert.All(schema.Migrations, migration =>
        {
            Assert.True(migration.Version > schema.Applied.Max(applied => applied.Version));
            Assert.NotEmpty(migration.Up);
            Assert.NotEmpty(migration.Down);
            Assert.NotEmpty(migration.Table);
        });
    }

    [Fact]
    public void The_name_gives_the_module() =>
        Assert.Equal("AddLoyaltyTier", ServiceSchema.Of("business").Migrations[0].Module);
}
