using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>What a migration's command and its undo have done, and how their end is told.</summary>
public sealed class MigrationTests(PostgresServer server) : MigrationBench
{
    [Fact(Timeout = Limit)]
    public async Task A_migration_tells_versions_before_and_after_and_its_output()
    {
        var database = await server.CreateAsync("business", Table);
        InPod(database, "INSERT INTO schema_migrations VALUES (2), (3)", "== Running 2", "== Running 3");

        var result = await Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken);

        Assert.Equal(("1", "3", "business-service-1"), (result.Before, result.After, result.Pod));
        Assert.Equal(["2", "3"], result.Applied);
        Assert.Equal(["== Running 2", "== Running 3"], Lines);
        await Pods.Received(1).ExecAsync("business-service", "business", Arg.Is<IReadOnlyList<string>>(command => command.SequenceEqual(database.Service.Database.Migrate)), Arg.Any<Action<string>>(), Arg.Any<CancellationToken>());
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_pending_is_a_result_without_change()
    {
        var database = await server.CreateAsync("business", Table);
        InPod(database, "SELECT 1", "Migrations already up");
        var result = await Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken);
        Assert.False(result.Changed);
        Assert.Equal(("1", "1"), (result.Before, result.After));
    }

    [Fact(Timeout = Limit)]
    public async Task A_failing_command_is_a_MigrationFailed_that_knows_what_was_applied_before()
    {
        var database = await server.CreateAsync("business", Table);
        InPod(database, "INSERT INTO schema_migrations VALUES (2)", 1, "== Running 2", $"** (Postgrex.Error) bad {PostgresServer.Sentinel}");

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).MigrateAsync(Request(database), TestContext.Current.CancellationToken));

        Assert.Equal(("MigrationFailed", "migration", RolloutErrorKind.Failed), (failure.Id, failure.Trigger, failure.Kind));
        Assert.Contains("'business' ended with exit code 1 in pod 'business-service-1'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("** (Postgrex.Error) bad ***", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["2"], failure.Result.Applied);
        Assert.DoesNotContain(Lines, line => line.Contains(PostgresServer.Sentinel, StringComparison.Ordinal));
        Assert.DoesNotContain(failure.Result.Output, line => line.Contains(PostgresServer.Sentinel, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Undo_hands_steps_and_version_to_the_plans_command_and_confirms_what_is_gone()
    {
        var database = await server.CreateAsync("business", Table, "INSERT INTO schema_migrations VALUES (2), (3)");
        InPod(database, "DELETE FROM schema_migrations WHERE version > 1");

        var result = await Migrations(database).UndoAsync(Request(database), ["2", "3"], TestContext.Current.CancellationToken);

        Assert.Equal(["3", "2"], result.Undone);
        await Pods.Received(1).ExecAsync("business-service", "business", Arg.Is<IReadOnlyList<string>>(command => command.SequenceEqual(new[] { "rollback", "2", "1" })), Arg.Any<Action<string>>(), Arg.Any<CancellationToken>());
    }

    [Fact(Timeout = Limit)]
    public async Task Undo_of_what_is_not_applied_runs_nothing()
    {
        var database = await server.CreateAsync("business", Table);
        var result = await Migrations(database).UndoAsync(Request(database), ["7"], TestContext.Current.CancellationToken);
        Assert.False(result.Changed);
        await Pods.DidNotReceiveWithAnyArgs().ExecAsync(default!, default!, default!, default!, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task Undo_that_leaves_a_version_behind_is_a_failure()
    {
        var database = await server.CreateAsync("business", Table, "INSERT INTO schema_migrations VALUES (2), (3)");
        InPod(database, "DELETE FROM schema_migrations WHERE version = 3");
        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => Migrations(database).UndoAsync(Request(database), ["2", "3"], TestContext.Current.CancellationToken));
        Assert.Equal("MigrationUndoFailed", failure.Id);
        Assert.Equal(["3"], failure.Result.Undone);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_an_undo_command_the_error_says_irreversible_and_what_remains()
    {
        var database = await server.CreateAsync("business", Table);
        var service = database.Service with { Database = database.Service.Database with { Undo = [] } };
        var failure = await Assert.ThrowsAsync<RolloutException>(() => Migrations(database).UndoAsync(Request(database) with { Service = service }, ["1"], TestContext.Current.CancellationToken));
        Assert.Equal("MigrationIrreversible", failure.Id);
        Assert.Contains("irreversible", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Restore-ServiceDatabase", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Undo_never_takes_back_more_than_asked()
    {
        var database = await server.CreateAsync("business", Table, "INSERT INTO schema_migrations VALUES (2), (3)");
        Assert.Equal("MigrationUndoOrder", (await Assert.ThrowsAsync<RolloutException>(() => Migrations(database).UndoAsync(Request(database), ["2"], TestContext.Current.CancellationToken))).Id);
    }
}
