using NSubstitute;
using VisionRollout.Adapters.Backups;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Workloads;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Tests.Backups;

/// <summary>Backups of one test database into a folder of its own.</summary>
internal sealed class BackupBench : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    public BackupBench(TestDatabase database, string? destination = null, PostgresTools? tools = null, Uri? endpoint = null, int retries = 5)
    {
        Database = database;
        Folder = Directory.CreateTempSubdirectory("visionrollout-backups-").FullName;
        Destination = destination ?? Folder;
        Objects.ReadSecretAsync(database.Service.Database.Secret!, Arg.Any<CancellationToken>()).Returns(_ => database.Secret);
        var clock = Substitute.For<IRolloutClock>();
        clock.GetNowAsync(Arg.Any<CancellationToken>()).Returns(_ => Time);
        var addresses = new DatabaseAddresses(() => Objects);
        Backups = new DatabaseBackups(addresses, new BackupStores(endpoint, retries), new BackupKeys(() => Objects), tools ?? new PostgresTools(), clock);
        Databases = new ServiceDatabases(addresses, clock);
    }

    public TestDatabase Database { get; }

    public string Folder { get; }

    /// <summary>What the session's clock shows.</summary>
    public DateTimeOffset Time { get; set; } = Now;

    public string Destination { get; }

    public IClusterObjects Objects { get; } = Substitute.For<IClusterObjects>();

    public DatabaseBackups Backups { get; }

    public ServiceDatabases Databases { get; }

    public Task<DatabaseBackup> BackupAsync(Action<BackupProgress>? onProgress = null, CancellationTokenSource? stop = null, BackupKey? key = null, Action<string>? onLine = null, TimeSpan sweepAfter = default) => Backups.BackupAsync(new()
    {
        Service = Database.Service,
        Destination = Destination,
        Label = "pre-deployment-20261123",
        Key = key,
        SweepAfter = sweepAfter,
        OnLine = onLine ?? (static _ => { }),
        OnProgress = onProgress ?? (static _ => { }),
    }, stop?.Token ?? TestContext.Current.CancellationToken);

    public Task<DatabaseBackupTest> TestAsync(string location, BackupKey? key = null) =>
        Backups.TestAsync(new() { Service = Database.Service, Location = location, Key = key }, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<DatabaseBackup>> ListAsync()
    {
        var list = new List<DatabaseBackup>();
        await foreach (var backup in Backups.ListAsync(Destination, null, damaged => throw damaged, TestContext.Current.CancellationToken)) list.Add(backup);
        return list;
    }

    /// <summary>A folder whose pg_dump is a shell script; REAL stands for the real one.</summary>
    public PostgresTools ScriptedDump(string body)
    {
        var real = Directory.EnumerateFiles("/usr/lib/postgresql", "pg_dump", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "scripted")).FullName;
        var path = Path.Combine(folder, "pg_dump");
        File.WriteAllText(path, $"#!/bin/sh\nif [ \"$1\" = --version ]; then exec {real} --version; fi\n{body.Replace("REAL", real, StringComparison.Ordinal)}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new([folder]);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
