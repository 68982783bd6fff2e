using System.Text.Json.Nodes;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Journal;
using VisionRollout.Database;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Database;

/// <summary>What a rollout has applied is known, also when whoever ran the migration was killed between its commit and the record.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class MigrationHistoryTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task What_a_killed_run_applied_is_taken_back_with_the_rollout()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await VersionsAsync(bench);
        await MigrateAndDieAsync(bench, before);
        Assert.NotEqual(before, await VersionsAsync(bench));

        var told = await bench.RunAsync("Undo-DatabaseMigration business -WhatIf");
        Assert.Empty(told.Errors);
        var back = await bench.RunAsync("Undo-Rollout -IncludeSchema -Confirm:$false");
        Assert.Empty(back.Errors);
        Assert.Contains(Assert.Single(back.As<RolledBack>()).Done, text => text.StartsWith("schema of business:", StringComparison.Ordinal));
        Assert.Equal(before, await VersionsAsync(bench));
        var undone = Assert.Single((await bench.JournalAsync()).OfType<MigrationsUndone>());
        Assert.NotEmpty(undone.Versions);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_commands_print_is_on_the_verbose_stream_and_in_the_journal()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();

        var migrated = await bench.RunAsync("Invoke-DatabaseMigration business -Force -Verbose -Confirm:$false");
        var undone = await bench.RunAsync("Undo-DatabaseMigration business -Verbose -Confirm:$false");

        Assert.Empty(migrated.Errors.Concat(undone.Errors));
        var journal = await bench.JournalAsync();
        var applied = journal.ToList().FindIndex(entry => entry is MigrationsApplied);
        Assert.Equal(Printed(migrated, "Migrating business: "), Recorded(journal.Take(applied)));
        Assert.Equal(Printed(undone, "Undoing migrations of business: "), Recorded(journal.Skip(applied)));
    }

    [Fact(Timeout = Limit)]
    public async Task Of_a_talkative_command_the_journal_keeps_the_first_and_the_last_lines()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var told = 0;

        await OutputRecorder.RunAsync(bench.Session, "business", _ => told++, onLine =>
        {
            for (var number = 1; number <= 1234; number++) onLine($"line {number}");
            return Task.FromResult(true);
        });

        Assert.Equal(1234, told);
        var recorded = Recorded(await bench.JournalAsync());
        string[] expected = [.. Enumerable.Range(1, 500).Select(number => $"line {number}"), "… lines left out here: 234 …", .. Enumerable.Range(735, 500).Select(number => $"line {number}")];
        Assert.Equal(expected, recorded);
    }

    [Fact(Timeout = Limit)]
    public async Task A_way_back_without_the_schema_names_what_a_killed_run_applied()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await VersionsAsync(bench);
        await MigrateAndDieAsync(bench, before);
        var applied = (await VersionsAsync(bench)).Except(before);

        var back = await bench.RunAsync("Undo-Rollout -Confirm:$false");
        var notDone = Assert.Single(Assert.Single(back.As<RolledBack>()).NotDone, text => text.StartsWith("schema of business:", StringComparison.Ordinal));
        Assert.All(applied, version => Assert.Contains(version, notDone, StringComparison.Ordinal));
        Assert.Empty((await bench.RunAsync("Undo-DatabaseMigration -Confirm:$false")).Errors);
        Assert.Equal(before, await VersionsAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task The_next_run_counts_what_a_killed_one_applied()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await VersionsAsync(bench);
        await MigrateAndDieAsync(bench, before);

        var result = await bench.RunAsync("Invoke-DatabaseMigration business -Force -Confirm:$false");
        Assert.Empty(result.Errors);
        Assert.Empty(Assert.Single(result.As<DatabaseMigrationResult>()).Applied); // nothing was pending any more
        var applied = (await bench.JournalAsync()).OfType<MigrationsApplied>().ToList();
        Assert.Equal([true, false], applied.Select(entry => entry.Interrupted));
        Assert.Equal((await VersionsAsync(bench)).Except(before).Reverse(), applied[0].Versions);
        Assert.Empty(applied[1].Versions);

        var undone = await bench.RunAsync("Undo-DatabaseMigration -Confirm:$false");
        Assert.Empty(undone.Errors);
        Assert.Equal(before, await VersionsAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_migration_that_is_broken_off_leaves_nothing_running_and_its_start_in_the_journal()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await VersionsAsync(bench);
        var fault = await cluster.Process.AddFaultAsync(new JsonObject { ["name"] = "migration-block", ["forSeconds"] = 3600, ["target"] = new JsonObject { ["service"] = "business" } }, Token);
        try
        {
            var run = bench.Host.Start("Invoke-DatabaseMigration business -Force -LockWait 00:05:00 -Confirm:$false");
            await bench.UntilRecordedAsync<MigrationsStarting>();
            await run.UntilProgressAsync("Migrating business");
            await run.StopWithinAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);
        }

        Assert.Equal(before, Assert.Single((await bench.JournalAsync()).OfType<MigrationsStarting>()).Versions);
        Assert.Empty((await bench.RunAsync("Undo-DatabaseMigration -Confirm:$false")).Errors);
        Assert.Equal(before, await VersionsAsync(bench));
        Assert.Empty((await bench.RunAsync("Invoke-DatabaseMigration business -Force -Confirm:$false; Undo-DatabaseMigration -Confirm:$false")).Errors);
        Assert.Equal(before, await VersionsAsync(bench));
    }

    private static List<string> Printed(ModuleResult result, string activity)
    {
        var lines = result.Verbose.Select(line => line.Message).Where(line => line.StartsWith(activity, StringComparison.Ordinal)).Select(line => line[activity.Length..]).ToList();
        Assert.NotEmpty(lines);
        return lines;
    }

    private static IReadOnlyList<string> Recorded(IEnumerable<JournalEntry> journal) => [.. journal.OfType<MigrationOutput>().SelectMany(entry => entry.Lines)];

    // As a process that is killed right after the commit leaves things.
    private static async Task MigrateAndDieAsync(RolloutBench bench, IReadOnlyList<string> before)
    {
        var service = bench.Plan.FindService("business")!;
        await bench.AppendAsync(new MigrationsStarting("business", before));
        var result = await bench.Session.World.Migrations.MigrateAsync(new MigrationRequest { Service = service, Deployment = service.Deployments["green"] }, Token);
        Assert.NotEmpty(result.Applied);
    }

    private static async Task<IReadOnlyList<string>> VersionsAsync(RolloutBench bench) =>
        [.. (await bench.Session.World.Databases.ReadMigrationsAsync(bench.Plan.FindService("business")!, null, Token)).Select(row => row.Version)];
}
