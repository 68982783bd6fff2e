using System.Management.Automation;
using Npgsql;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Database;

/// <summary>The preflight of migrations in the pods and on the databases of a rehearsal cluster.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class DatabaseMigrationTests(ClusterOfRollouts cluster)
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Pending_migrations_of_every_service_are_tried_and_the_databases_stay_as_they_were()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();

        var result = await bench.RunAsync("Get-RolloutService | Backup-ServiceDatabase | Test-ServiceDatabaseBackup | Out-Null; Get-RolloutService | Test-DatabaseMigration");

        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        var preflights = result.As<MigrationPreflight>();
        Assert.Equal(["business", "core", "swarm", "development"], preflights.Select(preflight => preflight.Service));
        Assert.All(preflights, preflight => Assert.Equal((Verdict.Go, Verdict.Go, 2, 1), (preflight.Verdict, preflight.BackupVerified, preflight.Pending.Count, preflight.Checks.Count)));
        Assert.All(preflights.SelectMany(preflight => preflight.Checks), check => Assert.True(check.Passed, string.Join('\n', check.Output)));
        var tier = preflights[0].Statements[0];
        Assert.Equal(("20261101120000", "public.customers", 200L, "AccessExclusiveLock"), (tier.Version, tier.Table, tier.TableRows, tier.Lock));
        Assert.Equal([Reversibility.ReversibleWithDataLoss, Reversibility.ReversibleWithDataLoss], preflights[0].Migrations.Select(migration => migration.Reversibility));
        Assert.Equal(Reversibility.Reversible, preflights[1].Migrations[1].Reversibility);
        Assert.Contains(result.AllText.Split('\n'), line => line.Contains("core: IndexNotConcurrent: ", StringComparison.Ordinal));
        Assert.Equal(4, (await bench.JournalAsync()).OfType<MigrationsPreflighted>().Count(entry => entry.Verdict == Verdict.Go && entry.Migrations.Count == 2));
        Assert.Empty(await ScratchAsync(bench));
        Assert.DoesNotContain((await bench.RunAsync("Get-DatabaseMigration -Last 1")).AllText, "202611", StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task One_incompatible_service_of_four_is_one_error_with_rule_and_remedy_and_the_others_go_on()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var fault = await cluster.Process.AddFaultAsync(new() { ["name"] = "migration-incompatible", ["target"] = new System.Text.Json.Nodes.JsonObject { ["service"] = "core" } }, Token);
        // A folder of its own: other tests have verified backups in the environment's.
        var result = await bench.RunAsync("""
            param($own)
            Get-RolloutService | Backup-ServiceDatabase -Destination $own | Out-Null
            Get-RolloutService | Test-DatabaseMigration -Destination $own
            """, Path.Combine(bench.Session.JournalPath, "backups"));
        await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);

        var error = Assert.Single(result.Errors);
        Assert.StartsWith("MigrationUnsafe", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("core", error.TargetObject);
        Assert.Contains("ALTER TABLE domain_events RENAME TO domain_events_v2", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Keep the name", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal([Verdict.Go, Verdict.NoGo, Verdict.Go, Verdict.Go], result.As<MigrationPreflight>().Select(preflight => preflight.Verdict));
        var unsafeOne = result.As<MigrationPreflight>()[1];
        Assert.Contains(unsafeOne.Against(), finding => finding.Rule == MigrationRule.ObjectRenamed);
        Assert.Contains(unsafeOne.Against(), finding => finding.Rule == MigrationRule.OldVersionFails);
        Assert.Contains(result.AllText.Split('\n'), line => line.Contains("is not verified", StringComparison.Ordinal));
        Assert.Empty(await ScratchAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task A_step_of_the_runbook_fails_with_the_finding_and_the_remedy_and_nothing_is_migrated()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var fault = await cluster.Process.AddFaultAsync(new() { ["name"] = "migration-incompatible", ["target"] = new System.Text.Json.Nodes.JsonObject { ["service"] = "swarm" } }, Token);
        await bench.RunAsync("""
            Invoke-RolloutPhase Preparation -NoWait { 'ready' }
            Invoke-RolloutPhase Database -NoWait {
                Invoke-RolloutStep 'Back up' { Backup-ServiceDatabase swarm | Test-ServiceDatabaseBackup }
                Invoke-RolloutStep 'Test the migrations' { Test-DatabaseMigration swarm }
                Invoke-RolloutStep 'Migrate' { Invoke-DatabaseMigration swarm }
            }
            """);
        await cluster.Process.RemoveFaultAsync((string)fault["id"]!, Token);

        var failed = Assert.Single((await bench.JournalAsync()).OfType<StepFailed>());
        Assert.Equal("Test the migrations", failed.Step);
        Assert.Contains("ALTER TABLE agents RENAME TO agents_v2", failed.Error, StringComparison.Ordinal);
        Assert.Contains(failed.Findings, finding => finding.Criterion == "ObjectRenamed" && finding.Reason.Contains("Keep the name", StringComparison.Ordinal));
        Assert.DoesNotContain(await bench.JournalAsync(), entry => entry is MigrationsApplied or ContingencyStarted);
    }

    [Fact(Timeout = Limit)]
    public async Task WhatIf_runs_nothing_anywhere()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        var before = await bench.OutsideAsync();
        var result = await bench.RunAsync("Get-RolloutService | Test-DatabaseMigration -WhatIf");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Equal(before, await bench.OutsideAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_backup_and_without_Scratch_the_errors_say_what_to_do()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Services = [.. plan.Services.Select(service => service.Name == "core" ? service with { Database = service.Database with { Scratch = [], Checks = [] } } : service)],
        });
        var result = await bench.RunAsync("param($empty) Test-DatabaseMigration business -Destination $empty; Backup-ServiceDatabase core | Test-DatabaseMigration", Directory.CreateTempSubdirectory("visionrollout-none-").FullName);
        Assert.Equal(["PreflightBackupMissing", "PreflightNotPlanned"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact(Timeout = Limit)]
    public async Task Stopped_in_the_middle_it_drops_its_scratch_database()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.RunAsync("Backup-ServiceDatabase business | Out-Null");
        var run = bench.Host.Start("Test-DatabaseMigration business");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await ScratchAsync(bench)).Count == 0) await Task.Delay(10, limit.Token);

        await run.StopAsync();

        Assert.Empty(await ScratchAsync(bench));
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_preflight_has_shown_to_be_irreversible_is_not_undone()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        await bench.AppendAsync(new MigrationsPreflighted("business", "/b", Verdict.Go, "", [new("20260713140000", Reversibility.Irreversible, "It destroys table public.orders.")], []));
        var result = await bench.RunAsync("Undo-DatabaseMigration business -To 20260302101500 -AllowDataLoss -Confirm:$false");
        Assert.StartsWith("MigrationIrreversible", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("It destroys table public.orders.", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal("20260713140000", Assert.Single((await bench.RunAsync("Get-DatabaseMigration business -Last 1")).As<VisionRollout.Core.Databases.AppliedMigration>()).Version);
    }

    private static async Task<IReadOnlyList<string>> ScratchAsync(RolloutBench bench)
    {
        var secret = await bench.Session.World.Objects.ReadSecretAsync("business-database", Token);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = secret["host"], Port = int.Parse(secret["port"], System.Globalization.CultureInfo.InvariantCulture), Database = secret["database"], Username = secret["username"], Password = secret["password"], Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("SELECT datname FROM pg_database WHERE datname LIKE 'visionrollout\\_scratch%'", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var names = new List<string>();
        while (await reader.ReadAsync(Token)) names.Add(reader.GetString(0));
        return names;
    }
}
