using NSubstitute;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Tests.Postgres;

/// <summary>Preflights of one test database, for which a second one, made by the same script, stands in as restored.</summary>
internal sealed class PreflightBench
{
    private readonly IDatabaseBackups backups = Substitute.For<IDatabaseBackups>();
    private readonly TestDatabase own;

    private PreflightBench(TestDatabase own, TestDatabase scratch)
    {
        this.own = own;
        var manifest = new BackupManifest
        {
            Service = "business", Database = own.Name, Label = "x", CreatedAt = default, Duration = default, Tool = "", ToolMajor = 0, Server = "", ServerMajor = 0, Snapshot = "", Lsn = "",
            Locale = new("UTF8", "C", "C", "libc", null), SourceBytes = 0, Objects = [], Sequences = [], Extensions = [], SchemaVersions = [],
            Ledger = new() { Service = "business", Database = own.Name, TakenAt = default, Tables = [new("public", "accounts", 1000, "0")] },
        };
        backups.ReadManifestAsync(default!, TestContext.Current.CancellationToken).ReturnsForAnyArgs(async _ => manifest with { SchemaVersions = await own.ReadAsync<string[]>("SELECT array_agg(version::text) FROM schema_migrations") });
        backups.OnScratchAsync<MigrationCapture>(default!, default!, TestContext.Current.CancellationToken)
            .ReturnsForAnyArgs(call => call.ArgAt<Func<string, BackupManifest, CancellationToken, Task<MigrationCapture>>>(1)(scratch.Name, manifest, call.ArgAt<CancellationToken>(2)));
    }

    public static async Task<PreflightBench> CreateAsync(PostgresServer server, params string[] scripts) => new(await server.CreateAsync("business", scripts), await server.CreateAsync("business", scripts));

    public Task<MigrationPreflight> RunAsync(IReadOnlyList<Script> scripts, long largeTable = 0, params PlanDatabaseCheck[] checks) => RunAsync(new ScriptTool(own, scripts), largeTable, checks);

    public Task<MigrationPreflight> RunAsync(ScriptTool tool, long largeTable = 0, params PlanDatabaseCheck[] checks)
    {
        var objects = Substitute.For<IClusterObjects>();
        objects.ReadSecretAsync(default!, TestContext.Current.CancellationToken).ReturnsForAnyArgs(_ => own.Secret);
        var service = own.Service with { Database = own.Service.Database with { Undo = ["rollback"], Scratch = ["on", "{Database}"], Checks = checks } };
        return new ServicePreflights(new DatabaseAddresses(() => objects), backups, () => tool, new SystemClock())
            .RunAsync(new() { Service = service, Deployment = "business-service", Location = "/backups/1", LargeTable = largeTable, LongTransaction = TimeSpan.FromMilliseconds(300) }, TestContext.Current.CancellationToken);
    }

    public Task ExecuteAsync(string sql) => own.ExecuteAsync(sql);

    public TestDatabase Own => own;
}
