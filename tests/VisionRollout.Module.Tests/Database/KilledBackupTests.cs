using System.Diagnostics;
using System.Globalization;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;
using VisionRollout.Module.Tests.Plan;
using VisionRollout.Module.Tests.Shell;
using VisionRollout.Tests.Postgres;

namespace VisionRollout.Module.Tests.Database;

/// <summary>SIGKILL of what takes part in a backup: the process that takes it, pg_dump, the database server; each once in the middle, then at random
/// moments. Whatever dies when, a backup that lists restores. VISIONROLLOUT_TEST_KILLS says how many times.</summary>
public sealed class KilledBackupTests
{
    private const int Seed = 20261126;
    private static readonly string[] Victims = ["host", "pg_dump", "postgres"];

    // Compresses badly, so that there is something to be killed in.
    private const string Noise = "CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || k), '') FROM generate_series(1, 32) k) AS t FROM generate_series(1, 40000) n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 1_800_000)]
    public async Task Whatever_is_killed_when_a_backup_that_lists_restores()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_KILLS") ?? "9", NumberStyles.None, CultureInfo.InvariantCulture);
        await using var server = PostgresServer.Private();
        var database = await server.CreateAsync("business", Noise, HeldBackups.LargeObject);
        using var bench = await DatabaseBench.CreateAsync(database);
        using var plan = new PlanFolder(PlanOf(database));
        var watch = Stopwatch.StartNew();
        await RunAsync(bench, "Backup-ServiceDatabase business -Label undisturbed");
        var usual = watch.Elapsed;
        var random = new Random(Seed);
        var (proven, orphans) = (new HashSet<string>(StringComparer.Ordinal), 0);

        for (var kill = 0; kill < kills; kill++)
        {
            var victim = Victims[kill % Victims.Length];
            var moment = usual * (random.NextDouble() * 1.2);
            await using (var held = kill < Victims.Length ? await HeldBackups.BeginAsync(database) : null)
            {
                Task HappensAsync(CancellationToken token) => held?.ReachAsync(token) ?? Task.Delay(moment, token);
                if (victim == "host") await KillHostAsync(plan, bench, database, HappensAsync);
                else await KillOtherAsync(bench, server, victim, HappensAsync);
            }

            if (victim == "postgres") await server.RestartAsync();

            foreach (var location in await ListAsync(bench))
            {
                if (!proven.Add(location)) continue;
                var result = await RunAsync(bench, $"Test-ServiceDatabaseBackup -Location '{location}' -Service business");
                var test = Assert.Single(result.As<DatabaseBackupTest>());
                Assert.True(test.Verdict == Verdict.Go, $"Kill {kill} of {victim} after {moment}: {location}: {string.Join(" | ", test.Findings.Select(finding => finding.Reason))}");
            }

            orphans += Orphans(bench).Count;
            // In the middle of a backup: no kill lets it list, and only that of the process itself leaves something behind.
            if (kill < Victims.Length) Assert.Equal((1, victim == "host"), (proven.Count, Orphans(bench).Count > 0));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: {proven.Count - 1} backups were complete before theirs and restored; {orphans} unfinished ones were seen.");
        // The next one clears away what the killed ones left.
        await RunAsync(bench, "Backup-ServiceDatabase business -Label last -SweepAfter ([timespan]::FromSeconds(-5))");
        Assert.Empty(Orphans(bench));
    }

    private static async Task<IReadOnlyList<string>> ListAsync(DatabaseBench bench) =>
        [.. (await RunAsync(bench, "Get-ServiceDatabaseBackup business")).As<DatabaseBackup>().Select(backup => backup.Location)];

    private static async Task<ModuleResult> RunAsync(DatabaseBench bench, string script)
    {
        var result = await bench.RunAsync(script);
        Assert.True(result.Failure is null && result.Errors.Count == 0, result.AllText);
        return result;
    }

    // Folders of backups without a manifest.
    private static List<string> Orphans(DatabaseBench bench) => [.. Directory.EnumerateFiles(bench.Backups, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetDirectoryName(file)!).Distinct().Where(folder => !File.Exists(Path.Combine(folder, "manifest.json")))];

    private static async Task KillHostAsync(PlanFolder plan, DatabaseBench bench, TestDatabase database, Func<CancellationToken, Task> happens)
    {
        var script = $"""
            {plan.SessionScript}
            'begins'
            Backup-ServiceDatabase business -Session $session -Destination '{bench.Backups}' -Label killed
            """;
        var login = new Dictionary<string, string?> { ["PGUSER"] = database.Credential.UserName, ["PGPASSWORD"] = database.Credential.Password };
        await HostProgram.KillAsync(script, "begins", (_, token) => happens(token), login);
    }

    private static async Task KillOtherAsync(DatabaseBench bench, PostgresServer server, string victim, Func<CancellationToken, Task> happens)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var backup = bench.RunAsync($"Backup-ServiceDatabase business -Label killed-{victim} -ErrorAction SilentlyContinue");
        await await Task.WhenAny(backup, happens(over.Token));
        await over.CancelAsync();
        if (victim == "postgres") await server.KillAsync();
        else foreach (var dump in Dumps()) dump.Kill();
        await backup;
    }

    // The pg_dump that this process started.
    private static IEnumerable<Process> Dumps() => Process.GetProcessesByName("pg_dump").Where(process => ParentOf(process) == Environment.ProcessId);

    private static int ParentOf(Process process)
    {
        try
        {
            // proc(5): the fourth field, behind the name in parentheses.
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string PlanOf(TestDatabase database) => new PlanText().With(
        "Name    = 'business_production'\n                Secret  = 'business-database'",
        $"Name    = '{database.Name}'\n                Host    = '{database.PlainService.Database.Host}'\n                Port    = {database.PlainService.Database.Port}").Text;
}
