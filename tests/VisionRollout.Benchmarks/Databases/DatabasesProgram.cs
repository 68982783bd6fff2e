using System.Globalization;
using VisionRollout.Tests.Postgres;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>databases [--rows N] [--runs N] [--output FILE]: backup and restore beside pg_dump with cat, with zstd and with the store's own client,
/// on the same data in the same run. Needs PostgreSQL's programs; zstd, and OpenStack Swift with the aws client for S3, where they are to be compared.
/// --rounds N: only backups into the folder beside zstd, N times one right after the other, and the ratios within each round.</summary>
internal static class DatabasesProgram
{
    private const int Together = 4;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rows = int.Parse(Option(arguments, "--rows") ?? "10000000", CultureInfo.InvariantCulture);
        var runs = int.Parse(Option(arguments, "--runs") ?? "3", CultureInfo.InvariantCulture);
        await using var server = PostgresServer.Private();
        if (Option(arguments, "--rounds") is { } rounds) return await RoundsAsync(server, rows, int.Parse(rounds, CultureInfo.InvariantCulture));
        await using var bench = await BackupBench.CreateAsync(server, rows, Together, line => Console.Error.WriteLine(line));
        await using var swift = await SwiftServer.FindObstacleAsync() is null ? await SwiftServer.StartAsync(CancellationToken.None) : null;
        if (swift is not null) await bench.UseS3Async(swift.Endpoint);
        var report = new BackupReport(rows, runs, await bench.DescribeAsync());
        for (var run = 0; run < runs; run++)
        {
            // In turns, so that what the machine does besides meets all alike.
            foreach (var contender in bench.Contenders())
            {
                report.Add(contender.Name, await contender.BackupAsync(), await contender.RestoreAsync());
                await Console.Error.WriteLineAsync($"{DateTime.UtcNow:HH:mm:ss} run {run + 1}: {contender.Name}");
            }

            report.AddLedger(await bench.LedgerAsync());
            report.AddTogether(await bench.OneAfterTheOtherAsync(), await bench.TogetherAsync());
        }

        var text = report.Markdown();
        if (Option(arguments, "--output") is { } file) await File.WriteAllTextAsync(file, text);
        else await Console.Out.WriteLineAsync(text);
        return 0;
    }

    private static async Task<int> RoundsAsync(PostgresServer server, int rows, int rounds)
    {
        await using var bench = await BackupBench.CreateAsync(server, rows, 0, line => Console.Error.WriteLine(line));
        var ways = ((string[])[BackupBench.Own, BackupBench.Zstd, BackupBench.FastZstd]).Select(name => bench.Contenders().Single(item => item.Name == name)).ToList();
        var report = new RoundsReport(rows, await bench.DescribeAsync());
        await Console.Out.WriteLineAsync(report.Head());
        for (var round = 0; round < rounds; round++)
        {
            var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
            var measured = new Measured[ways.Count];
            // Which goes first changes, so that none always meets what another left behind.
            for (var turn = 0; turn < ways.Count; turn++)
            {
                var way = (round + turn) % ways.Count;
                measured[way] = await ways[way].BackupAsync();
            }

            await Console.Out.WriteLineAsync(report.Add(load, measured[0], measured[1], measured[2], await bench.LedgerAsync()));
        }

        await Console.Out.WriteLineAsync(report.Foot());
        return 0;
    }

    private static string? Option(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
