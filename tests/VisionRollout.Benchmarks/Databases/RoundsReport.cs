using System.Globalization;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>Tells rounds of a backup and of pg_dump with zstd, as a user types it and as fast as it goes, as they come, and the medians of the ratios.</summary>
internal sealed class RoundsReport(int rows, string what)
{
    private readonly List<(Measured Own, Measured Zstd, Measured Fast)> rounds = [];

    public string Head() => string.Create(CultureInfo.InvariantCulture, $"""
        {rows:N0} rows; {what}. In brackets: processor time of all that takes part.

        | load | backup | before, dump, after | `zstd` | ratio | `zstd -1 -T0` | ratio | ledger alone | peak memory |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """);

    public string Add(string load, Measured own, Measured zstd, Measured fast, Measured ledger)
    {
        rounds.Add((own, zstd, fast));
        var (first, last) = own.Dump!.Value;
        return string.Create(CultureInfo.InvariantCulture,
            $"| {load} | {Text(own)} | {first.TotalSeconds:0.00}, {(last - first).TotalSeconds:0.00}, {(own.Elapsed - last).TotalSeconds:0.00} s | {Text(zstd)} | {own.Elapsed / zstd.Elapsed:0.00} | {Text(fast)} | {own.Elapsed / fast.Elapsed:0.00} | {Text(ledger)} | {own.PeakBytes >> 20} MiB |");
    }

    public string Foot() => string.Create(CultureInfo.InvariantCulture, $"""

        Median ratios, in brackets those of the processor times: to `zstd` {Median(round => round.Own.Elapsed / round.Zstd.Elapsed):0.00} ({Median(round => round.Own.Processor / round.Zstd.Processor):0.00}), to `zstd -1 -T0` {Median(round => round.Own.Elapsed / round.Fast.Elapsed):0.00} ({Median(round => round.Own.Processor / round.Fast.Processor):0.00}).
        """);

    private static string Text(Measured measured) => string.Create(CultureInfo.InvariantCulture, $"{measured.Elapsed.TotalSeconds:0.00} s ({measured.Processor.TotalSeconds:0.0} s)");

    private double Median(Func<(Measured Own, Measured Zstd, Measured Fast), double> ratio) => rounds.Select(ratio).Order().ElementAt(rounds.Count / 2);
}
