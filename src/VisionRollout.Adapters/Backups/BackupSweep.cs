using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Backups;

/// <summary>Removes what interrupted backups of a service left behind: unfinished uploads, and data that no manifest belongs to.</summary>
internal sealed class BackupSweep(IBackupStore store, string service, TimeSpan olderThan, TimeProvider time)
{
    /// <summary>Sweeps.</summary>
    /// <returns>What was removed.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken token)
    {
        var before = time.GetUtcNow() - olderThan;
        var removed = new List<string>(await store.SweepUploadsAsync(service, before, token));
        var items = new List<BackupStoreItem>();
        await foreach (var item in store.ListAsync(service, token)) items.Add(item);
        foreach (var folder in items.GroupBy(item => FolderOf(item.Name)).Where(folder => IsLeftOver(folder, before)))
        {
            foreach (var item in folder)
            {
                await store.DeleteAsync(item.Name, token);
                removed.Add(item.Name);
            }
        }

        return removed;
    }

    // Only what looks like a backup's own folder, service/label/time-random: whatever else people keep there is not ours.
    private static bool IsLeftOver(IGrouping<string, BackupStoreItem> folder, DateTimeOffset before) =>
        folder.Key.Count(letter => letter == '/') == 2
        && folder.All(item => item.ModifiedAt < before)
        && folder.All(item => item.Name[(folder.Key.Length + 1)..].StartsWith(BackupRun.DataName, StringComparison.Ordinal)
            || item.Name[(folder.Key.Length + 1)..].StartsWith(BackupEvidence.FilePrefix, StringComparison.Ordinal));

    private static string FolderOf(string name) => name[..Math.Max(0, name.LastIndexOf('/'))];
}
