using System.Globalization;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases;

/// <summary>Decides which backups of one service stay. Within a period the newest verified backup stays, or the newest where none is verified;
/// the newest of all and the last verified one always stay, and so does every backup of a rollout that is under way.</summary>
public static class RetentionDecision
{
    /// <summary>Decides; the order is newest first.</summary>
    /// <param name="backups">All backups of one service.</param>
    /// <param name="retention">How many of each period.</param>
    /// <param name="runningRollout">The rollout under way; null when none is.</param>
    public static IReadOnlyList<RetainedBackup> Of(IEnumerable<DatabaseBackup> backups, BackupRetention retention, string? runningRollout = null)
    {
        var all = backups.OrderByDescending(backup => backup.CreatedAt).ThenByDescending(backup => backup.Location, StringComparer.Ordinal).ToList();
        var reasons = new Dictionary<DatabaseBackup, string>(ReferenceEqualityComparer.Instance);
        Keep(reasons, all.Where(backup => backup.Verified == Verdict.Go).Take(1), _ => "last verified");
        Keep(reasons, all.Take(1), _ => "newest");
        if (runningRollout is not null) Keep(reasons, all.Where(backup => backup.RolloutId == runningRollout), _ => $"rollout {runningRollout}");
        Keep(reasons, Best(all, Day, retention.Daily), backup => $"daily {Day(backup)}");
        Keep(reasons, Best(all, Week, retention.Weekly), backup => $"weekly {Week(backup)}");
        Keep(reasons, Best(all, Month, retention.Monthly), backup => $"monthly {Month(backup)}");
        return [.. all.Select(backup => new RetainedBackup(backup, reasons.GetValueOrDefault(backup, "")))];
    }

    private static void Keep(Dictionary<DatabaseBackup, string> reasons, IEnumerable<DatabaseBackup> kept, Func<DatabaseBackup, string> reason)
    {
        foreach (var backup in kept) reasons[backup] = reasons.TryGetValue(backup, out var other) ? $"{other}, {reason(backup)}" : reason(backup);
    }

    private static IEnumerable<DatabaseBackup> Best(IEnumerable<DatabaseBackup> newestFirst, Func<DatabaseBackup, string> period, int count) =>
        newestFirst.GroupBy(period).Take(count).Select(group => group.FirstOrDefault(backup => backup.Verified == Verdict.Go) ?? group.First());

    private static string Day(DatabaseBackup backup) => backup.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Week(DatabaseBackup backup) => string.Create(CultureInfo.InvariantCulture,
        $"{ISOWeek.GetYear(backup.CreatedAt.UtcDateTime)}-W{ISOWeek.GetWeekOfYear(backup.CreatedAt.UtcDateTime):00}");

    private static string Month(DatabaseBackup backup) => backup.CreatedAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
