using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

public sealed class FolderBackupTests(PostgresServer server)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_backup_of_an_awkward_database_restores_to_equal_contents()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var before = await bench.Databases.ReadLedgerAsync(bench.Database.Service, null, TestContext.Current.CancellationToken);

        var target = $"{bench.Database.Name}_restored";
        var restored = await bench.Backups.RestoreAsync(new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = target }, TestContext.Current.CancellationToken);

        var service = bench.Database.PlainService;
        service = service with { Database = service.Database with { Name = target } };
        var after = await bench.Databases.ReadLedgerAsync(service, bench.Database.Credential, TestContext.Current.CancellationToken);
        Assert.Equal(before.Tables, after.Tables);
        Assert.Equal(20000, after.Tables.Single(table => table.Name == "public.accounts").Rows);
        Assert.Equal(backup.Rows, after.Rows);
        Assert.False(restored.Replaced);
        Assert.Equal(0, LedgerComparison.Of(before, after).RowsLost);
    }

    [Fact(Timeout = Limit)]
    public async Task A_test_restore_of_a_good_backup_answers_Go_keeps_evidence_and_leaves_no_database()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();

        var test = await bench.TestAsync(backup.Location);

        Assert.True(test.Verdict == Verdict.Go, string.Join("\n", test.Findings.Select(finding => $"{finding.Criterion}: {finding.Reason}")));
        Assert.True(File.Exists(test.Evidence));
        Assert.Equal(Verdict.Go, Assert.Single(await bench.ListAsync()).Verified);
        await NoScratchDatabaseIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_test_restore_that_was_hindered_does_not_hide_one_that_decided()
    {
        var database = await server.CreateAsync("business", AwkwardSchema.Sql);
        using var bench = new BackupBench(database);
        using var hindered = new BackupBench(database, bench.Destination, new PostgresTools([]));
        var location = (await bench.BackupAsync()).Location;
        Assert.Equal(Verdict.Undecided, (await hindered.TestAsync(location)).Verdict);
        Assert.Equal(Verdict.Undecided, Assert.Single(await bench.ListAsync()).Verified);

        bench.Time += TimeSpan.FromMinutes(1);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(location)).Verdict);
        hindered.Time += TimeSpan.FromMinutes(2);
        Assert.Equal(Verdict.Undecided, (await hindered.TestAsync(location)).Verdict);
        Assert.Equal(Verdict.Go, Assert.Single(await bench.ListAsync()).Verified);

        await using (var file = File.Open(Path.Combine(location, "database.dump.zst"), FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[500]);
        }

        bench.Time += TimeSpan.FromMinutes(2);
        Assert.Equal(Verdict.NoGo, (await bench.TestAsync(location)).Verdict);
        hindered.Time += TimeSpan.FromMinutes(2);
        Assert.Equal(Verdict.Undecided, (await hindered.TestAsync(location)).Verdict);
        Assert.Equal(Verdict.NoGo, Assert.Single(await bench.ListAsync()).Verified);
    }

    [Fact(Timeout = Limit)]
    public async Task The_catalogue_tells_each_backups_age_by_the_sessions_clock()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        Assert.Null((await bench.BackupAsync()).Age);
        bench.Time += TimeSpan.FromDays(2);
        await bench.BackupAsync();
        bench.Time += TimeSpan.FromMinutes(90);
        Assert.Equal([TimeSpan.FromMinutes(90), TimeSpan.FromHours(49.5)], (await bench.ListAsync()).Select(backup => backup.Age!.Value));
    }

    [Fact(Timeout = Limit)]
    public async Task The_manifest_tells_where_when_and_what()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var manifest = await bench.Backups.ReadManifestAsync(backup.Location, TestContext.Current.CancellationToken);

        Assert.Equal(("business", bench.Database.Name, "pre-deployment-20261123", BackupBench.Now), (manifest.Service, manifest.Database, manifest.Label, manifest.CreatedAt));
        Assert.Equal(["20260901090000", "20260101090000"], manifest.SchemaVersions);
        Assert.Contains(manifest.Extensions, extension => extension.Name == "pg_trgm");
        Assert.Contains(manifest.Sequences, sequence => sequence is { Name: "down", LastValue: -2, Increment: -1 });
        Assert.Contains(manifest.NotInForce, item => item.Contains("small", StringComparison.Ordinal));
        Assert.Matches("^[0-9A-F]+/[0-9A-F]+$", manifest.Lsn);
        Assert.Equal(new FileInfo(Path.Combine(backup.Location, manifest.Objects[0].Name)).Length, backup.Bytes);
        Assert.True(backup.Bytes < manifest.Objects[0].DumpBytes / 2);
    }

    [Fact(Timeout = Limit)]
    public async Task Dump_and_ledger_share_one_snapshot_while_others_write()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await bench.Database.ExecuteAsync("INSERT INTO accounts (name) SELECT 'late ' || n FROM generate_series(1, 50) n; DELETE FROM accounts WHERE id > 5000 AND id % 97 = 3;");
        }, TestContext.Current.CancellationToken);
        var backup = await bench.BackupAsync();
        await stop.CancelAsync();
        await writer;

        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_pg_dump_leaves_nothing_that_lists()
    {
        var database = await server.CreateAsync("business", AwkwardSchema.Sql);
        using var place = new BackupBench(database);
        using var bench = new BackupBench(database, tools: place.ScriptedDump("REAL \"$@\" | head -c 300000\nkill -9 $$"));

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());

        Assert.Equal("BackupDumpFailed", failure.Id);
        Assert.Empty(await bench.ListAsync());
        Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_backup_leaves_nothing_that_lists()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.BackupAsync(_ => stop.Cancel(), stop));

        Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories));
    }

    [Theory(Timeout = Limit)]
    [InlineData(-1000, "BackupComplete")]
    [InlineData(0, "BackupRestores")]
    public async Task A_damaged_backup_answers_NoGo(int cut, string criterion)
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var path = Path.Combine(backup.Location, "database.dump.zst");
        await using (var file = File.Open(path, FileMode.Open))
        {
            if (cut < 0) file.SetLength(file.Length + cut);
            else
            {
                file.Position = file.Length / 2;
                file.Write(new byte[500]);
            }
        }

        var test = await bench.TestAsync(backup.Location);

        Assert.Equal(Verdict.NoGo, test.Verdict);
        Assert.Equal(Verdict.NoGo, test.Findings.Single(finding => finding.Criterion == criterion).Verdict);
        await NoScratchDatabaseIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_truncated_dump_whose_manifest_agrees_answers_NoGo()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var data = Path.Combine(backup.Location, "database.dump.zst");
        await using (var file = File.Open(data, FileMode.Open)) file.SetLength(file.Length - 1000);
        var manifest = Path.Combine(backup.Location, "manifest.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace($"\"bytes\": {backup.Bytes}", $"\"bytes\": {backup.Bytes - 1000}", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var test = await bench.TestAsync(backup.Location);

        Assert.Equal(Verdict.NoGo, test.Verdict);
        Assert.Contains("damaged", test.Findings.Single(finding => finding.Criterion == "BackupRestores").Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_backup_that_lacks_rows_the_manifest_counts_answers_NoGo()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var manifest = Path.Combine(backup.Location, "manifest.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace("\"rows\": 20000", "\"rows\": 20001", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var test = await bench.TestAsync(backup.Location);

        Assert.Contains("public.accounts has 20000 rows, not 20001", test.Findings.Single(finding => finding.Criterion == "BackupRows").Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.NoGo, test.Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_restore_never_touches_an_existing_database_unless_asked()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        await bench.Database.ExecuteAsync("DELETE FROM billing.\"Invoices\"; CREATE TABLE after_backup ()");
        var request = new RestoreRequest { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = bench.Database.Name };

        var refused = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RestoreAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal("RestoreTargetExists", refused.Id);
        Assert.Equal(0, await bench.Database.ReadAsync<long>("SELECT count(*) FROM billing.\"Invoices\""));

        await using var held = await bench.Database.OpenAsync("an open session");
        var restored = await bench.Backups.RestoreAsync(request with { Overwrite = true }, TestContext.Current.CancellationToken);
        Assert.True(restored.Replaced);
        Assert.Equal(5000, await bench.Database.ReadAsync<long>("SELECT count(*) FROM billing.\"Invoices\""));
        Assert.True(await bench.Database.ReadAsync<bool>("SELECT to_regclass('after_backup') IS NULL"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_restore_that_fails_leaves_the_old_database_and_no_new_one()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        await using (var file = File.Open(Path.Combine(backup.Location, "database.dump.zst"), FileMode.Open)) file.SetLength(file.Length / 2);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RestoreAsync(
            new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = bench.Database.Name, Overwrite = true }, TestContext.Current.CancellationToken));

        Assert.Equal("BackupDamaged", failure.Id);
        Assert.Equal(20000, await bench.Database.ReadAsync<long>("SELECT count(*) FROM accounts"));
        Assert.Empty(await server.ListAsync("visionrollout_restore_%"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_wrong_password_is_told_without_telling_it()
    {
        var database = await server.CreateAsync();
        using var bench = new BackupBench(database);
        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.BackupAsync(new()
        {
            Service = database.Service, Destination = bench.Folder, Label = "x", Credential = new("postgres", "wrong-" + PostgresServer.Sentinel),
        }, TestContext.Current.CancellationToken));

        Assert.Equal(("DatabaseAccessDenied", RolloutErrorKind.AccessDenied), (failure.Id, failure.Kind));
        Assert.DoesNotContain(PostgresServer.Sentinel, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = Limit)]
    public async Task The_password_stands_on_no_command_line_and_in_no_stored_file()
    {
        var database = await server.CreateAsync("business", AwkwardSchema.Sql);
        using var place = new BackupBench(database);
        var seen = Path.Combine(place.Folder, "arguments");
        using var bench = new BackupBench(database, tools: place.ScriptedDump($"printf '%s\\n' \"$@\" > {seen}\nexec REAL \"$@\""));
        var backup = await bench.BackupAsync();

        Assert.Contains("--snapshot=", await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Sentinel, await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Sentinel, await File.ReadAllTextAsync(Path.Combine(backup.Location, "manifest.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_dump_that_complains_with_the_password_is_redacted()
    {
        var database = await server.CreateAsync();
        using var place = new BackupBench(database);
        using var bench = new BackupBench(database, tools: place.ScriptedDump("echo \"cannot log in with $PGPASSWORD\" >&2\nexit 3"));

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());

        Assert.Contains("exit code 3: cannot log in with ***", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_pg_dump_the_error_names_the_package()
    {
        using var bench = new BackupBench(await server.CreateAsync(), tools: new PostgresTools([]));
        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync());
        Assert.Equal("PostgresToolMissing", failure.Id);
        Assert.Contains("postgresql-client-", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_pg_dump_older_than_the_server_is_refused()
    {
        using var place = new BackupBench(await server.CreateAsync());
        var folder = Directory.CreateDirectory(Path.Combine(place.Folder, "old")).FullName;
        var path = Path.Combine(folder, "pg_dump");
        await File.WriteAllTextAsync(path, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var bench = new BackupBench(place.Database, tools: new PostgresTools([folder]));

        Assert.Equal("PostgresToolTooOld", (await Assert.ThrowsAsync<RolloutException>(() => bench.BackupAsync())).Id);
    }

    [Fact(Timeout = Limit)]
    public async Task Progress_counts_bytes_up_to_the_whole_dump()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var seen = new List<BackupProgress>();
        var backup = await bench.BackupAsync(seen.Add);
        var manifest = await bench.Backups.ReadManifestAsync(backup.Location, TestContext.Current.CancellationToken);

        Assert.Equal(manifest.Objects[0].DumpBytes, seen[^1].Done);
        Assert.All(seen, item => Assert.InRange(item.Percent, 0, 99));
        Assert.Equal(seen.Select(item => item.Done).Order(), seen.Select(item => item.Done));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_label_that_leads_elsewhere_is_refused(string label)
    {
        using var bench = new BackupBench(await server.CreateAsync());
        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.BackupAsync(
            new() { Service = bench.Database.Service, Destination = bench.Folder, Label = label }, TestContext.Current.CancellationToken));
        Assert.Equal("BackupLabelInvalid", failure.Id);
    }

    // Other tests have scratch databases on this server too, and drop them soon: one of ours would stay.
    private async Task NoScratchDatabaseIsLeftAsync()
    {
        var left = await server.ListAsync("visionrollout_scratch_%");
        while (left.Count > 0)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            left = [.. left.Intersect(await server.ListAsync("visionrollout_scratch_%"))];
        }
    }
}
