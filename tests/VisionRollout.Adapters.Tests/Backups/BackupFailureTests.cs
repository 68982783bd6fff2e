using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Npgsql;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>What goes wrong around a backup: each case of the list in the design that is not tested elsewhere.</summary>
public sealed class BackupFailureTests(PostgresServer server)
{
    private const int Limit = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task An_encrypted_backup_restores_with_its_key_and_tells_the_wrong_one_from_damage()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var key = new BackupKey("backup-2026", RandomNumberGenerator.GetBytes(32));
        var backup = await bench.BackupAsync(key: key);

        Assert.Equal("backup-2026", backup.KeyId);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location, key)).Verdict);
        var wrong = await Assert.ThrowsAsync<RolloutException>(() => bench.TestAsync(backup.Location, new("backup-2026", RandomNumberGenerator.GetBytes(32))));
        Assert.Equal("BackupKeyWrong", wrong.Id);
        var path = Path.Combine(backup.Location, "database.dump.zst");
        await using (var file = File.Open(path, FileMode.Open)) file.SetLength(file.Length - 5);
        Assert.Equal(Verdict.NoGo, (await bench.TestAsync(backup.Location, key)).Verdict);
        foreach (var file in Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            Assert.True(bytes.AsSpan().IndexOf(key.Bytes) < 0 && bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Convert.ToBase64String(key.Bytes))) < 0);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_key_is_found_in_the_secret_of_its_name()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        NSubstitute.SubstituteExtensions.Returns(bench.Objects.ReadSecretAsync("backup-2026", NSubstitute.Arg.Any<CancellationToken>()), _ => new Dictionary<string, string> { ["key"] = text });
        var backup = await bench.BackupAsync(key: await bench.Backups.FindKeyAsync("backup-2026", Token));
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task What_interrupted_backups_left_is_swept_and_nothing_else()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var good = await bench.BackupAsync();
        string Put(string name)
        {
            var path = Path.Combine(bench.Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
            return path;
        }

        string[] gone = [Put("business/l/20260101T000000Z-aaaa/database.dump.zst.partial"), Put("business/l/20260101T000000Z-bbbb/database.dump.zst"), Put("business/l/20260101T000000Z-bbbb/database.dump.zst.0001")];
        string[] kept = [Put("business/notes.txt"), Put("business/l/20260101T000000Z-cccc/other"), Put("core/l/20260101T000000Z-bbbb/database.dump.zst")];
        await using var alive = new FileStream(Path.Combine(Directory.CreateDirectory(Path.Combine(bench.Folder, "business/l/20260101T000000Z-dddd")).FullName, "database.dump.zst.partial"), FileMode.Create, FileAccess.Write, FileShare.None);
        var lines = new List<string>();

        await bench.BackupAsync(onLine: lines.Add);

        Assert.All(gone, path => Assert.False(File.Exists(path), path));
        Assert.All(kept, path => Assert.True(File.Exists(path), path));
        Assert.True(File.Exists(alive.Name));
        Assert.Equal(3, lines.Count);
        Assert.Equal(Verdict.Go, (await bench.TestAsync(good.Location)).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_role_is_named_before_anything_is_restored_and_NoOwner_does_without()
    {
        var role = $"owner_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var database = await server.CreateAsync("business", $"CREATE ROLE {role}; CREATE TABLE theirs AS SELECT 1 AS n; ALTER TABLE theirs OWNER TO {role}");
        using var bench = new BackupBench(database);
        var backup = await bench.BackupAsync();
        await database.ExecuteAsync($"DROP TABLE theirs; DROP ROLE {role}");
        var request = new RestoreRequest { Service = database.Service, Location = backup.Location, TargetDatabase = database.Name + "_r" };

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RestoreAsync(request, Token));
        Assert.Equal("RestoreRoleMissing", failure.Id);
        Assert.Contains(role, failure.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Undecided, (await bench.TestAsync(backup.Location)).Verdict);

        await bench.Backups.RestoreAsync(request with { NoOwner = true }, Token);
        await database.ExecuteAsync($"DROP DATABASE {database.Name}_r");
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_extension_is_named_before_anything_is_restored()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE EXTENSION pg_trgm"));
        var backup = await bench.BackupAsync();
        var path = Path.Combine(backup.Location, "manifest.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("\"pg_trgm\"", "\"timescaledb\"", StringComparison.Ordinal), Token);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RestoreAsync(new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = bench.Database.Name + "_r" }, Token));

        Assert.Equal("RestoreExtensionMissing", failure.Id);
        Assert.Contains("timescaledb", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_older_than_the_backups_is_refused_before_anything_is_made()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var backup = await bench.BackupAsync();
        var path = Path.Combine(backup.Location, "manifest.json");
        await File.WriteAllTextAsync(path, Regex.Replace(await File.ReadAllTextAsync(path, Token), "\"serverMajor\": [0-9]+", "\"serverMajor\": 99"), Token);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RestoreAsync(new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = bench.Database.Name + "_r" }, Token));

        Assert.Equal("RestoreServerTooOld", failure.Id);
        Assert.Contains("PostgreSQL 99", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Undecided, (await bench.TestAsync(backup.Location)).Verdict);
        Assert.Empty(await server.ListAsync(bench.Database.Name + "_r"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_damaged_manifest_is_told_and_hides_no_other_backup()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var (damaged, good) = (await bench.BackupAsync(), await bench.BackupAsync());
        var path = Path.Combine(damaged.Location, "manifest.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token))[..^20], Token);
        var told = new List<RolloutException>();
        var listed = new List<string>();

        await foreach (var backup in bench.Backups.ListAsync(bench.Folder, null, told.Add, Token)) listed.Add(backup.Location);

        Assert.Equal([good.Location], listed);
        Assert.Equal(("BackupManifestDamaged", RolloutErrorKind.Corrupt), Assert.Single(told.Select(failure => (failure.Id, failure.Kind))));
    }

    [Fact(Timeout = Limit)]
    public async Task Row_level_security_that_hides_rows_fails_the_backup()
    {
        var role = $"reader_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var database = await server.CreateAsync("business", $"CREATE TABLE hidden AS SELECT 1 AS n; ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}");
        using var bench = new BackupBench(database);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.BackupAsync(new() { Service = database.Service, Destination = bench.Folder, Label = "x", Credential = new(role, "p") }, Token));

        Assert.Contains("hidden", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.ListAsync());
        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact(Timeout = Limit)]
    public async Task Large_objects_come_back_and_a_changed_one_is_seen()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "SELECT lo_from_bytea(0, decode(repeat('ab', 3000000), 'hex')), lo_from_bytea(0, 'small')"));
        var backup = await bench.BackupAsync();
        Assert.Equal(Verdict.Go, (await bench.TestAsync(backup.Location)).Verdict);
        var before = (await bench.Backups.ReadManifestAsync(backup.Location, Token)).Ledger;
        await bench.Database.ExecuteAsync("SELECT lo_put(oid, 2, 'X') FROM pg_largeobject_metadata");
        var after = await bench.Databases.ReadLedgerAsync(bench.Database.Service, null, Token);
        Assert.Equal(TableChangeKind.Changed, Assert.Single(LedgerComparison.Of(before, after).Tables).Kind);
    }

    [Fact(Timeout = Limit)]
    public async Task A_lead_connection_that_is_killed_ends_the_backup_and_leaves_nothing()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql, "SELECT lo_from_bytea(0, 'held')"));
        // After the tables, the ledger and pg_dump come to the large objects and wait; pg_dump reads them with calls of functions.
        await using var holder = await bench.Database.OpenAsync("holder");
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE pg_catalog.pg_largeobject IN ACCESS EXCLUSIVE MODE", holder);
        await command.ExecuteNonQueryAsync(Token);
        var backup = bench.BackupAsync();
        while (await bench.Database.ReadAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'VisionRollout' AND datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'") == 0)
            await Task.Delay(20, Token);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => backup);

        Assert.Contains(failure.Id, (string[])["DatabaseUnreachable", "DatabaseFailed"]);
        Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = Limit)]
    public async Task A_lock_that_somebody_holds_ends_the_backup_after_its_wait_and_names_the_table()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE held AS SELECT 1 AS n"));
        using var impatient = new BackupBench(bench.Database, tools: bench.ScriptedDump("exec REAL \"$@\" --lock-wait-timeout=200"));
        await using var holder = await bench.Database.OpenAsync("ddl");
        await using var command = new NpgsqlCommand("BEGIN; ALTER TABLE held ADD COLUMN m int", holder);
        await command.ExecuteNonQueryAsync(Token);

        var failure = await Assert.ThrowsAsync<RolloutException>(() => impatient.BackupAsync());

        Assert.Contains("held", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await impatient.ListAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_restored_database_goes_on_where_the_old_one_was()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        await bench.Backups.RestoreAsync(new() { Service = bench.Database.Service, Location = backup.Location, TargetDatabase = bench.Database.Name, Overwrite = true }, Token);

        // Identity and generated columns, sequences in both directions, the partition that a row belongs to, the policy that hides rows.
        Assert.Equal("20001 new", await bench.Database.ReadAsync<string>("INSERT INTO accounts (name) VALUES ('NEW') RETURNING id || ' ' || lower_name"));
        Assert.Equal(5001, await bench.Database.ReadAsync<int>("INSERT INTO billing.\"Invoices\" (account, amount) VALUES (1, 1) RETURNING id"));
        Assert.Equal(-3, await bench.Database.ReadAsync<long>("SELECT nextval('down')"));
        Assert.Equal(1, await bench.Database.ReadAsync<long>("SELECT nextval('untouched')"));
        Assert.Equal("events_2026_01 events_rest", await bench.Database.ReadAsync<string>(
            "WITH made AS (INSERT INTO events VALUES (0, '2026-01-05', 'x'), (0, '2027-01-05', 'x') RETURNING tableoid::regclass::text AS part) SELECT string_agg(part, ' ' ORDER BY part) FROM made"));
        Assert.True(await bench.Database.ReadAsync<bool>("SELECT relrowsecurity FROM pg_class WHERE oid = 'hidden'::regclass"));
        Assert.Equal(5000, await bench.Database.ReadAsync<long>("SELECT count(*) FROM totals"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("\"lastValue\": 20000", "\"lastValue\": 20001", "BackupSequences", "accounts_id_seq is missing or behind 20001")]
    [InlineData("\"name\": \"down\"", "\"name\": \"gone\"", "BackupSequences", "public.gone is missing")]
    [InlineData("\"table\": \"events_rest\"", "\"table\": \"events_more\"", "BackupRows", "public.events_more is missing")]
    [InlineData("constraint small", "constraint tall", "BackupConstraints", "constraint small")]
    public async Task What_a_restore_lacks_is_named(string before, string after, string criterion, string reason)
    {
        using var bench = new BackupBench(await server.CreateAsync("business", AwkwardSchema.Sql));
        var backup = await bench.BackupAsync();
        var path = Path.Combine(backup.Location, "manifest.json");
        var text = await File.ReadAllTextAsync(path, Token);
        Assert.Contains(before, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(before, after, StringComparison.Ordinal), Token);

        var test = await bench.TestAsync(backup.Location);

        Assert.Equal(Verdict.NoGo, test.Verdict);
        Assert.Contains(reason, test.Findings.Single(finding => finding.Criterion == criterion).Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Removing_deletes_the_manifest_and_everything_below()
    {
        using var bench = new BackupBench(await server.CreateAsync("business", "CREATE TABLE t AS SELECT 1 AS n"));
        var backup = await bench.BackupAsync();
        await bench.TestAsync(backup.Location);
        await bench.Backups.RemoveAsync(backup.Location, Token);
        Assert.Empty(await bench.ListAsync());
        Assert.False(Directory.Exists(backup.Location));
        Assert.Equal("BackupNotFound", (await Assert.ThrowsAsync<RolloutException>(() => bench.Backups.RemoveAsync(backup.Location, Token))).Id);
    }
}
