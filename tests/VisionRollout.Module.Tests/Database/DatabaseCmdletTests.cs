using System.Management.Automation;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

public sealed class DatabaseCmdletTests(PostgresServer server)
{
    private const int Limit = 120_000;
    private const string Small = "CREATE TABLE items AS SELECT n FROM generate_series(1, 100) n; CREATE TABLE schema_migrations AS SELECT v::bigint AS version, now()::timestamp AS inserted_at FROM generate_series(1, 9) v";

    [Fact(Timeout = Limit)]
    public async Task One_bad_service_of_four_leaves_three_backups_and_one_error()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"), Missing(await MakeAsync("core")), await MakeAsync("swarm"), await MakeAsync("development"));

        var result = await bench.RunAsync("Get-RolloutService | Backup-ServiceDatabase");

        Assert.Null(result.Failure);
        Assert.Equal(["business", "development", "swarm"], result.As<DatabaseBackup>().Select(backup => backup.Service).Order(StringComparer.Ordinal));
        var error = Assert.Single(result.Errors);
        Assert.Equal(("core", ErrorCategory.ObjectNotFound), (error.TargetObject, error.CategoryInfo.Category));
        Assert.StartsWith("DatabaseNotFound", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(3, (await bench.JournalAsync()).OfType<BackupTaken>().Count());
    }

    [Fact(Timeout = Limit)]
    public async Task Backups_flow_into_test_restores_and_into_the_catalogue()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"), await MakeAsync("core"));

        var result = await bench.RunAsync("Get-RolloutService | Backup-ServiceDatabase | Test-ServiceDatabaseBackup; Get-ServiceDatabaseBackup business");

        Assert.Empty(result.Errors);
        Assert.Equal([Verdict.Go, Verdict.Go], result.Output.Select(item => item.BaseObject).OfType<DatabaseBackupTest>().Select(test => test.Verdict));
        var listed = Assert.Single(result.Output.Select(item => item.BaseObject).OfType<DatabaseBackup>());
        Assert.Equal(("business", Verdict.Go, "r1"), (listed.Service, listed.Verified, listed.RolloutId));
        Assert.Matches("^pre-deployment-[0-9]{8}$", listed.Label);
        Assert.Equal(2, (await bench.JournalAsync()).OfType<BackupVerified>().Count(entry => entry.Verdict == Verdict.Go));
    }

    [Fact(Timeout = Limit)]
    public async Task Progress_tells_bytes_per_cent_of_the_estimate_and_seconds_left()
    {
        var database = await server.CreateAsync("business", "CREATE TABLE noise AS SELECT repeat(md5(n::text), 32) AS t FROM generate_series(1, 4000) n", "ANALYZE noise");
        using var bench = await DatabaseBench.CreateAsync(database);

        var result = await bench.RunAsync("Backup-ServiceDatabase business");

        var shown = result.Progress.Where(record => record.Activity == "Backing up business").ToList();
        Assert.Contains(shown, record => record is { RecordType: ProgressRecordType.Processing, PercentComplete: > 0 and < 100, SecondsRemaining: >= 0 });
        Assert.Matches("^[0-9.]+ of about [0-9.]+ MiB, [0-9.]+ MiB compressed$", shown[0].StatusDescription);
        Assert.Equal(ProgressRecordType.Completed, shown[^1].RecordType);
    }

    [Fact(Timeout = Limit)]
    public async Task WhatIf_writes_nothing()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        var records = (await bench.JournalAsync()).Count;

        var result = await bench.RunAsync("Backup-ServiceDatabase -WhatIf; Test-ServiceDatabaseBackup /nowhere -WhatIf; Restore-ServiceDatabase /nowhere x -WhatIf; Invoke-DatabaseMigration -WhatIf; Undo-DatabaseMigration -To 3 -WhatIf");

        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(bench.Backups));
        Assert.Equal(records, (await bench.JournalAsync()).Count);
    }

    [Fact(Timeout = Limit)]
    public async Task A_restore_binds_by_property_name_and_makes_the_new_database()
    {
        var database = await MakeAsync("business");
        using var bench = await DatabaseBench.CreateAsync(database);

        var result = await bench.RunAsync("Backup-ServiceDatabase business | Restore-ServiceDatabase -TargetDatabase $extra -Confirm:$false", database.Name + "_copy");

        Assert.Empty(result.Errors);
        Assert.Equal(database.Name + "_copy", Assert.Single(result.As<RestoredDatabase>()).Database);
    }

    [Fact(Timeout = Limit)]
    public async Task Versions_come_newest_first_and_five_of_them()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        Assert.Equal(["9", "8", "7", "6", "5"], (await bench.RunAsync("Get-DatabaseMigration")).As<AppliedMigration>().Select(row => row.Version));
    }

    [Theory(Timeout = Limit)]
    [InlineData("Get-DatabaseMigration nob*", 0)]
    [InlineData("Get-DatabaseMigration nobody", 1)]
    [InlineData("Backup-ServiceDatabase nobody", 1)]
    public async Task A_wildcard_that_matches_nothing_is_silent_and_a_wrong_name_is_an_error(string script, int errors)
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        var result = await bench.RunAsync(script);
        Assert.Null(result.Failure);
        Assert.Empty(result.Output);
        Assert.Equal(errors, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category));
    }

    [Fact(Timeout = Limit)]
    public async Task ErrorAction_Stop_makes_it_catchable()
    {
        using var bench = await DatabaseBench.CreateAsync(Missing(await MakeAsync("business")));
        var result = await bench.RunAsync("try { Backup-ServiceDatabase -ErrorAction Stop } catch { 'caught ' + $_.FullyQualifiedErrorId }");
        Assert.StartsWith("caught DatabaseNotFound", Assert.Single(result.As<string>()), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task No_stream_and_no_file_holds_the_password()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"), Missing(await MakeAsync("core")));
        var result = await bench.RunAsync("Backup-ServiceDatabase -Verbose | Test-ServiceDatabaseBackup -Verbose; Get-DatabaseMigration -Verbose");
        Assert.DoesNotContain(PostgresServer.Sentinel, result.AllText, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(bench.Backups)!, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(PostgresServer.Sentinel, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Within_a_rollout_nothing_is_migrated_without_a_verified_backup()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        var result = await bench.RunAsync("Invoke-DatabaseMigration -Confirm:$false; $backup = Backup-ServiceDatabase; Invoke-DatabaseMigration -Confirm:$false");
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.StartsWith("MigrationBackupUnverified", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Contains("no backup of service 'business'", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("never tested", result.Errors[1].Exception.Message, StringComparison.Ordinal);

        // With one it goes on, here as far as the cluster that this test does not have.
        var next = await bench.RunAsync("$test = Get-ServiceDatabaseBackup | Test-ServiceDatabaseBackup; Invoke-DatabaseMigration -Confirm:$false");
        Assert.DoesNotContain(next.Errors, error => error.FullyQualifiedErrorId.StartsWith("MigrationBackupUnverified", StringComparison.Ordinal));
        Assert.NotEmpty(next.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Retention_deletes_what_no_period_keeps_and_never_the_last_verified_one()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        // Older rollouts' backups: the one under way keeps its own.
        var result = await bench.RunAsync("""
            Backup-ServiceDatabase -Label a | Test-ServiceDatabaseBackup
            Backup-ServiceDatabase -Label b
            Backup-ServiceDatabase -Label c
            """);
        Assert.Empty(result.Errors);
        foreach (var manifest in Directory.EnumerateFiles(bench.Backups, "manifest.json", SearchOption.AllDirectories))
            await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken)).Replace("\"r1\"", "\"r0\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var shown = await bench.RunAsync("Remove-ServiceDatabaseBackup -Daily 1 -Weekly 0 -Monthly 0 -WhatIf; Get-ServiceDatabaseBackup");
        Assert.Equal(3, shown.As<DatabaseBackup>().Count);
        var removed = await bench.RunAsync("Remove-ServiceDatabaseBackup -Daily 1 -Weekly 0 -Monthly 0 -Confirm:$false");
        Assert.Equal(["b"], removed.As<DatabaseBackup>().Select(backup => backup.Label));
        Assert.Equal("b", Assert.Single((await bench.JournalAsync()).OfType<BackupRemoved>()).Label);

        var refused = await bench.RunAsync("Get-ServiceDatabaseBackup -Label a | Remove-ServiceDatabaseBackup -Confirm:$false");
        Assert.StartsWith("BackupProtected", Assert.Single(refused.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["a", "c"], (await bench.RunAsync("Get-ServiceDatabaseBackup")).As<DatabaseBackup>().Select(backup => backup.Label).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_key_as_credential_encrypts_and_a_wrong_one_is_told_on_no_stream()
    {
        const string key = "0001020304050607080910111213141516171819202122232425262728293031";
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        var result = await bench.RunAsync($$"""
            $secret = [System.Security.SecureString]::new(); foreach ($letter in '{{key}}'.ToCharArray()) { $secret.AppendChar($letter) }
            $key = [PSCredential]::new('backup-2026', $secret)
            $backup = Backup-ServiceDatabase -Key $key -Verbose
            $backup
            $backup | Test-ServiceDatabaseBackup -Key $key
            """);
        Assert.Empty(result.Errors);
        Assert.Equal("backup-2026", Assert.Single(result.Output.Select(item => item.BaseObject).OfType<DatabaseBackup>()).KeyId);
        Assert.Equal(Verdict.Go, Assert.Single(result.Output.Select(item => item.BaseObject).OfType<DatabaseBackupTest>()).Verdict);
        Assert.DoesNotContain(key, result.AllText, StringComparison.Ordinal);

        var wrong = await bench.RunAsync("Backup-ServiceDatabase -Key $credential -Verbose");
        Assert.StartsWith("BackupKeyInvalid", wrong.Failure is null ? Assert.Single(wrong.Errors).FullyQualifiedErrorId : ((System.Management.Automation.IContainsErrorRecord)wrong.Failure).ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Sentinel, wrong.AllText, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_destination_the_error_says_where_to_put_it()
    {
        using var bench = await DatabaseBench.CreateAsync(await MakeAsync("business"));
        var environment = bench.Session.Environment with { Endpoints = new() };
        using var session = new RolloutSession(bench.Session.Plan, environment, bench.Session.JournalPath);
        var result = await bench.RunAsync("Backup-ServiceDatabase -Session $extra", session);
        Assert.StartsWith("BackupDestinationMissing", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static TestDatabase Missing(TestDatabase database) =>
        database.Of(database.Service with { Database = database.Service.Database with { Name = "there_is_no_such_database" } });

    private Task<TestDatabase> MakeAsync(string service) => server.CreateAsync(service, Small);
}
