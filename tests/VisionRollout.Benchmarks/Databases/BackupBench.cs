using System.Globalization;
using Amazon.S3;
using VisionRollout.Adapters.Backups;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Tests.Postgres;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>The databases of the benchmark, and the ways to back them up.</summary>
internal sealed class BackupBench : IAsyncDisposable
{
    public const string Own = "Backup-ServiceDatabase, folder";
    public const string OwnS3 = "Backup-ServiceDatabase, S3";
    public const string Cat = "pg_dump -Fc | cat";
    public const string Zstd = "pg_dump -Fc -Z0 | zstd";
    public const string FastZstd = "pg_dump -Fc -Z0 | zstd -1 -T0";
    public const string Aws = "pg_dump -Fc | aws s3 cp";
    private const string Bucket = "benchmark";
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-benchmark-").FullName;
    private readonly DatabaseAddresses addresses = new(() => throw new InvalidOperationException("The plan names no Secrets."));
    private readonly TestDatabase whole;
    private readonly IReadOnlyList<TestDatabase> parts;
    private readonly ProcessorClock clock;
    private Uri? s3;
    private int restored;

    private BackupBench(TestDatabase whole, IReadOnlyList<TestDatabase> parts, ProcessorClock clock)
    {
        this.whole = whole;
        this.parts = parts;
        this.clock = clock;
    }

    /// <summary>Fills one database with so many rows, and some more with their share each.</summary>
    public static async Task<BackupBench> CreateAsync(PostgresServer server, int rows, int parts, Action<string> onLine)
    {
        var whole = await FillAsync(server, "whole", rows, onLine);
        var divided = new List<TestDatabase>();
        for (var part = 0; part < parts; part++) divided.Add(await FillAsync(server, $"part{part}", rows / parts, onLine));
        return new(whole, divided, new(await server.FindPostmasterAsync()));
    }

    /// <summary>Compares on an S3 store too.</summary>
    public async Task UseS3Async(Uri endpoint)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", SwiftServer.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", SwiftServer.SecretKey);
        Environment.SetEnvironmentVariable("AWS_REGION", SwiftServer.Region);
        using var client = Client(endpoint);
        await client.PutBucketAsync(Bucket);
        s3 = endpoint;
    }

    /// <summary>What is backed up, and by what.</summary>
    public async Task<string> DescribeAsync()
    {
        var size = await whole.ReadAsync<string>("SELECT pg_size_pretty(pg_database_size(current_database()))");
        return $"{await whole.ReadAsync<string>("SELECT split_part(version(), ' on ', 1)")}; the database has {size}; {Environment.ProcessorCount} cores";
    }

    /// <summary>The ways, the module's first.</summary>
    public IEnumerable<Contender> Contenders()
    {
        yield return new(Own, () => BackUpAsync(folder, "folder"), () => RestoreAsync(folder, "folder"));
        yield return Piped(Cat, "pg_dump -Fc | cat > {0}", "createdb -T template0 {1}; cat {0} | pg_restore --exit-on-error -d {1}");
        foreach (var (name, options) in HasProgram("zstd") ? [(Zstd, ""), (FastZstd, "-1 -T0 ")] : Array.Empty<(string, string)>())
            yield return Piped(name, $"pg_dump -Fc -Z0 | zstd -q {options}-f -o {{0}}", "createdb -T template0 {1}; zstd -q -dc {0} | pg_restore --exit-on-error -d {1}");
        if (s3 is null) yield break;
        var destination = $"s3://{Bucket}/own";
        yield return new(OwnS3, () => BackUpAsync(destination, "s3"), () => RestoreAsync(destination, "s3"));
        if (!HasProgram("aws")) yield break;
        var aws = $"aws --endpoint-url {s3} s3 cp --only-show-errors";
        yield return Piped(Aws, $"pg_dump -Fc | {aws} - s3://{Bucket}/dump", $"createdb -T template0 {{1}}; {aws} s3://{Bucket}/dump - | pg_restore --exit-on-error -d {{1}}", async () =>
        {
            using var client = Client(s3);
            return (await client.GetObjectMetadataAsync(Bucket, "dump")).ContentLength;
        });
    }

    /// <summary>Backs up the divided databases one after the other.</summary>
    public Task<Measured> OneAfterTheOtherAsync() => AllAsync(1);

    /// <summary>Backs up the divided databases at the same time.</summary>
    public Task<Measured> TogetherAsync() => AllAsync(parts.Count);

    /// <summary>Counts and digests the tables, which a backup does beside the dump.</summary>
    public Task<Measured> LedgerAsync() => Measured.OwnAsync(clock, async _ =>
    {
        await new ServiceDatabases(addresses, new SystemClock()).ReadLedgerAsync(whole.PlainService, whole.Credential, CancellationToken.None);
        return 0;
    });

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    // What applications keep: keys, times, amounts, words that repeat, and text that does not.
    private static async Task<TestDatabase> FillAsync(PostgresServer server, string service, int rows, Action<string> onLine)
    {
        onLine($"{DateTime.UtcNow:HH:mm:ss} making {service} with {rows} rows");
        var database = await server.CreateAsync(service);
        await using var connection = await database.OpenAsync("benchmark");
        await using var command = new Npgsql.NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, state text NOT NULL, amount numeric(12, 2) NOT NULL, placed_at timestamptz NOT NULL, reference text NOT NULL);
            INSERT INTO orders SELECT n, hashint8(n) & 1048575, (ARRAY['open', 'paid', 'shipped', 'returned'])[1 + n % 4], (n % 99991) / 100.0, '2026-01-01'::timestamptz + n * interval '1 s', md5(n::text) FROM generate_series(1, {rows}) n;
            CREATE INDEX ON orders (customer);
            """), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
        // Otherwise whoever reads it first does what a vacuum does, and autovacuum comes in the middle.
        command.CommandText = "VACUUM (FREEZE, ANALYZE) orders";
        await command.ExecuteNonQueryAsync();
        return database;
    }

    private static AmazonS3Client Client(Uri endpoint) => new(new AmazonS3Config { ServiceURL = endpoint.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = SwiftServer.Region });

    private static bool HasProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(place => File.Exists(Path.Combine(place, name)));

    private DatabaseBackups Backups() => new(addresses, new BackupStores(s3), new BackupKeys(() => throw new InvalidOperationException("Nothing is encrypted.")), new PostgresTools(), new SystemClock());

    private Dictionary<string, string?> Variables() => new()
    {
        ["PGHOST"] = whole.PlainService.Database.Host,
        ["PGPORT"] = whole.PlainService.Database.Port.ToString(CultureInfo.InvariantCulture),
        ["PGUSER"] = whole.Credential.UserName,
        ["PGPASSWORD"] = whole.Credential.Password,
        ["PGDATABASE"] = whole.Name,
    };

    private Task<Measured> BackUpAsync(string destination, string label) => Measured.OwnAsync(clock, watch => BackUpAsync(whole, destination, label, 1, _ => watch.Note()));

    private async Task<long> BackUpAsync(TestDatabase database, string destination, string label, int parallel, Action<BackupProgress> onProgress) => (await Backups().BackupAsync(
        new() { Service = database.PlainService, Destination = destination, Label = label, Parallel = parallel, Credential = database.Credential, OnProgress = onProgress }, CancellationToken.None)).Bytes;

    private Task<Measured> AllAsync(int atOnce) => Measured.OwnAsync(clock, async _ =>
    {
        long bytes = 0;
        await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            async (part, _) => Interlocked.Add(ref bytes, await BackUpAsync(part, folder, $"together{atOnce}", atOnce, static _ => { })));
        return bytes;
    });

    private async Task<Measured> RestoreAsync(string destination, string label)
    {
        var newest = new List<DatabaseBackup>();
        await foreach (var backup in Backups().ListAsync(destination, whole.PlainService.Name, damaged => throw damaged, CancellationToken.None)) newest.Add(backup);
        var location = newest.First(backup => backup.Label == label).Location;
        var target = Target();
        var measured = await Measured.OwnAsync(clock, async _ =>
        {
            await Backups().RestoreAsync(new() { Service = whole.PlainService, Location = location, TargetDatabase = target, Credential = whole.Credential }, CancellationToken.None);
            return 0;
        });
        await whole.ExecuteAsync($"DROP DATABASE {target}");
        return measured;
    }

    private Contender Piped(string name, string backup, string restore, Func<Task<long>>? size = null)
    {
        var file = Path.Combine(folder, $"{name.Length}.dump");
        return new(name,
            () => Measured.ShellAsync(clock, string.Format(CultureInfo.InvariantCulture, backup, file), Variables(), size ?? (() => Task.FromResult(new FileInfo(file).Length))),
            async () =>
            {
                var target = Target();
                var measured = await Measured.ShellAsync(clock, string.Format(CultureInfo.InvariantCulture, restore, file, target), Variables());
                await whole.ExecuteAsync($"DROP DATABASE {target}");
                return measured;
            });
    }

    private string Target() => $"restored_{++restored}";
}
