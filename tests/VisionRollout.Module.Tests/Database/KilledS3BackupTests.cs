using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;
using VisionRollout.Module.Tests.Plan;
using VisionRollout.Module.Tests.Shell;
using VisionRollout.Tests.Postgres;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Module.Tests.Database;

/// <summary>SIGKILL of a process that takes a backup into an S3 store: once while an upload is under way, and then no file is open for
/// writing either, then at random moments.</summary>
public sealed class KilledS3BackupTests(PostgresServer server)
{
    private const int Seed = 20261127;
    private const int Kills = 6;
    private const string Bucket = "killed";
    private const string Destination = $"s3://{Bucket}/backups";

    // More than one part of 8 MiB, so that some are up when it dies.
    private const string Noise = "CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || k), '') FROM generate_series(1, 32) k) AS t FROM generate_series(1, 40000) n";

    private const string Killed = $"'begins'; Backup-ServiceDatabase business -Session $session -Destination '{Destination}' -Label killed";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 900_000)]
    public async Task A_backup_that_lists_restores_and_the_next_one_sweeps_what_is_left()
    {
        if (await SwiftServer.FindObstacleAsync() is { } obstacle) Assert.Skip(obstacle);
        await using var swift = await SwiftServer.StartAsync(Token);
        using var client = new AmazonS3Client(SwiftServer.AccessKey, SwiftServer.SecretKey, new AmazonS3Config { ServiceURL = swift.Endpoint.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = SwiftServer.Region });
        await client.PutBucketAsync(Bucket, Token);
        var database = await server.CreateAsync("business", Noise, HeldBackups.LargeObject);
        using var plan = new PlanFolder(PlanOf(database, swift.Endpoint));
        await RunAsync(plan, database, $"Backup-ServiceDatabase business -Session $session -Destination '{Destination}' -Label undisturbed");
        var took = await RunAsync(plan, database, $"'took ' + [int](Backup-ServiceDatabase business -Session $session -Destination '{Destination}' -Label undisturbed).Duration.TotalMilliseconds");
        var usual = TimeSpan.FromMilliseconds(int.Parse(took.Split('\n').First(line => line.StartsWith("took ", StringComparison.Ordinal))["took ".Length..], CultureInfo.InvariantCulture));
        await using (await HeldBackups.BeginAsync(database))
        {
            await HostProgram.KillAsync(Script(plan, Killed), "begins", async (process, token) =>
            {
                await PartIsUpAsync(client, token);
                Assert.Empty(FilesWrittenBy(process));
            }, Variables(database));
        }

        Assert.NotEmpty(await UploadsAsync(client));
        var random = new Random(Seed);
        for (var kill = 0; kill < Kills; kill++) await HostProgram.KillAsync(Script(plan, Killed), "begins", usual * random.NextDouble(), Variables(database));

        var said = await RunAsync(plan, database, $$"""
            foreach ($backup in Get-ServiceDatabaseBackup business -Session $session -Destination '{{Destination}}') { $test = $backup | Test-ServiceDatabaseBackup -Session $session; 'verdict ' + $test.Verdict }
            Backup-ServiceDatabase business -Session $session -Destination '{{Destination}}' -Label last -SweepAfter ([timespan]::FromSeconds(-5))
            """);

        var verdicts = said.Split('\n').Where(line => line.StartsWith("verdict ", StringComparison.Ordinal)).ToList();
        Assert.True(verdicts.Count is >= 2 and <= 3 + Kills, said);
        Assert.All(verdicts, line => Assert.Equal($"verdict {Verdict.Go}", line));
        Assert.Empty(await UploadsAsync(client));
        var objects = (await client.ListObjectsV2Async(new() { BucketName = Bucket }, Token)).S3Objects.Select(item => item.Key).ToList();
        Assert.All(objects.Select(Folder).Distinct(), folder => Assert.Contains($"{folder}/{BackupManifest.FileName}", objects));
    }

    private static string Folder(string key) => key[..key.LastIndexOf('/')];

    private static IReadOnlyList<string> FilesWrittenBy(int process) => [.. Directory.EnumerateFiles($"/proc/{process}/fd").Where(IsForWriting).Select(file => new FileInfo(file).LinkTarget ?? "")
        .Where(target => target.StartsWith('/') && !target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/memfd:", StringComparison.Ordinal))];

    // proc(5): fdinfo tells the flags of open(2) in octal digits, of which the last two bits are 0 for reading only.
    private static bool IsForWriting(string file)
    {
        try
        {
            return File.ReadLines(file.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal)).Any(line => line.StartsWith("flags:", StringComparison.Ordinal) && (line[^1] - '0') % 4 != 0);
        }
        catch (IOException)
        {
            return false; // closed meanwhile
        }
    }

    private static async Task PartIsUpAsync(AmazonS3Client client, CancellationToken token)
    {
        while (true)
        {
            foreach (var upload in await UploadsAsync(client))
            {
                var parts = await client.ListPartsAsync(new ListPartsRequest { BucketName = Bucket, Key = upload.Key, UploadId = upload.UploadId }, token);
                if (parts.Parts is { Count: > 0 }) return;
            }

            await Task.Delay(50, token);
        }
    }

    private static async Task<IReadOnlyList<MultipartUpload>> UploadsAsync(AmazonS3Client client) =>
        (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket }, Token)).MultipartUploads ?? [];

    private static Dictionary<string, string?> Variables(TestDatabase database) => new()
    {
        ["PGUSER"] = database.Credential.UserName,
        ["PGPASSWORD"] = database.Credential.Password,
        ["AWS_ACCESS_KEY_ID"] = SwiftServer.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SwiftServer.SecretKey,
        ["AWS_REGION"] = SwiftServer.Region,
    };

    private static string Script(PlanFolder plan, string script) => $"{plan.SessionScript}\n{script}";

    private static async Task<string> RunAsync(PlanFolder plan, TestDatabase database, string script)
    {
        var (code, output) = await HostProgram.RunScriptAsync(Script(plan, script), Variables(database));
        Assert.True(code == 0, output);
        return output;
    }

    private static string PlanOf(TestDatabase database, Uri endpoint) => new PlanText().With(
        "Name    = 'business_production'\n                Secret  = 'business-database'",
        $"Name    = '{database.Name}'\n                Host    = '{database.PlainService.Database.Host}'\n                Port    = {database.PlainService.Database.Port}")
        .With("                # Also possible:", $"                S3Endpoint = '{endpoint}'\n                # Also possible:").Text;
}
