using System.Globalization;
using System.Text;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>Collects the runs and writes medians.</summary>
internal sealed class BackupReport(int rows, int runs, string what)
{
    private const double MiB = 1 << 20;
    private readonly Dictionary<string, List<(Measured Backup, Measured Restore)>> measured = [];
    private readonly List<Measured> ledgers = [];
    private readonly List<(Measured Alone, Measured Together)> together = [];

    public void Add(string name, Measured backup, Measured restore)
    {
        if (!measured.TryGetValue(name, out var list)) measured[name] = list = [];
        list.Add((backup, restore));
    }

    public void AddLedger(Measured ledger) => ledgers.Add(ledger);

    public void AddTogether(Measured alone, Measured all) => together.Add((alone, all));

    public string Markdown()
    {
        var text = new StringBuilder();
        Line(text, $"{rows:N0} rows; {what}. Medians of {runs} runs, the ways in turns.");
        text.AppendLine().AppendLine("| way | backup, processor time | stored | restore, processor time | peak memory, backup / restore |").AppendLine("| --- | --- | --- | --- | --- |");
        foreach (var (name, list) in measured)
        {
            var (backup, restore) = (Median(list.Select(item => item.Backup)), Median(list.Select(item => item.Restore)));
            var peak = list.Max(item => item.Backup.PeakBytes) == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $"{list.Max(item => item.Backup.PeakBytes) / MiB:0} / {list.Max(item => item.Restore.PeakBytes) / MiB:0} MiB");
            Line(text, $"| `{name}` | {backup.Elapsed.TotalSeconds:0.0} s, {backup.Processor.TotalSeconds:0.0} s | {backup.Bytes / MiB:0} MiB | {restore.Elapsed.TotalSeconds:0.0} s, {restore.Processor.TotalSeconds:0.0} s | {peak} |");
        }

        text.AppendLine().AppendLine("| ratio | backup | size | restore |").AppendLine("| --- | --- | --- | --- |");
        Ratio(text, BackupBench.Own, BackupBench.Cat);
        Ratio(text, BackupBench.Own, BackupBench.Zstd);
        Ratio(text, BackupBench.Own, BackupBench.FastZstd);
        Ratio(text, BackupBench.OwnS3, BackupBench.Aws);
        var (alone, all) = (Median(together.Select(item => item.Alone)), Median(together.Select(item => item.Together)));
        text.AppendLine();
        Line(text, $"Four databases of a quarter each: one after the other {alone.Elapsed.TotalSeconds:0.0} s, together {all.Elapsed.TotalSeconds:0.0} s (peak memory {together.Max(item => item.Together.PeakBytes) / MiB:0} MiB).");
        text.AppendLine();
        Line(text, $"The ledger (row counts and digests, which a backup reads beside the dump and the other ways do without) takes {Median(ledgers).Elapsed.TotalSeconds:0.0} s alone.");
        return text.ToString();
    }

    private static Measured Median(IEnumerable<Measured> values) => values.OrderBy(value => value.Elapsed).ToList() is var sorted ? sorted[sorted.Count / 2] : throw new InvalidOperationException();

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private void Ratio(StringBuilder text, string own, string other)
    {
        if (!measured.TryGetValue(own, out var ours) || !measured.TryGetValue(other, out var theirs)) return;
        var (a, b) = (Median(ours.Select(item => item.Backup)), Median(theirs.Select(item => item.Backup)));
        var restore = Median(ours.Select(item => item.Restore)).Elapsed / Median(theirs.Select(item => item.Restore)).Elapsed;
        Line(text, $"| `{own}` to `{other}` | {a.Elapsed / b.Elapsed:0.00} | {(double)a.Bytes / b.Bytes:0.00} | {restore:0.00} |");
    }
}
