using System.Globalization;
using VisionRollout.Tests.Postgres;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>databases [--rows N] [--runs N] [--output FILE]: backup and restore beside pg_dump with cat, with zstd and with the store's own client,
/// on the same data in the same run. Needs PostgreSQL's programs; zstd, and OpenStack Swift with the aws client for S3, where they are to be compared.
/// --pairs N: only backups into the folder beside zstd, N times one right after the other, and the ratio of each pair.</summary>
internal static class DatabasesProgram
{
    private const int Together = 4;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rows = int.Parse(Option(arguments, "--rows") ?? "10000000", CultureInfo.InvariantCulture);
        var runs = int.Parse(Option(arguments, "--runs") ?? "3", CultureInfo.InvariantCulture);
        await using var server = PostgresServer.Private();
        if (Option(arguments, "--pairs") is { } pairs) return await PairsAsync(server, rows, int.Parse(pairs, CultureInfo.InvariantCulture));
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

    private static async Task<int> PairsAsync(PostgresServer server, int rows, int pairs)
    {
        await using var bench = await BackupBench.CreateAsync(server, rows, 0, line => Console.Error.WriteLine(line));
        var (own, zstd) = (bench.Contenders().Single(item => item.Name == BackupBench.Own), bench.Contenders().Single(item => item.Name == BackupBench.Zstd));
        await Console.Out.WriteLineAsync($"{await bench.DescribeAsync()}\n\n| load | own | zstd | ratio | ledger alone | peak memory |\n| --- | --- | --- | --- | --- | --- |");
        var ratios = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
            // Which goes first changes, so that neither always meets what the other left behind.
            var first = await (pair % 2 == 0 ? own : zstd).BackupAsync();
            var second = await (pair % 2 == 0 ? zstd : own).BackupAsync();
            var (ours, theirs) = pair % 2 == 0 ? (first, second) : (second, first);
            ratios.Add(ours.Elapsed / theirs.Elapsed);
            var ledger = await bench.LedgerAsync();
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"| {load} | {ours.Elapsed.TotalSeconds:0.00} s | {theirs.Elapsed.TotalSeconds:0.00} s | {ratios[^1]:0.00} | {ledger.Elapsed.TotalSeconds:0.00} s | {ours.PeakBytes >> 20} MiB |"));
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nMedian ratio {ratios.Order().ElementAt(ratios.Count / 2):0.00}."));
        return 0;
    }

    private static string? Option(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
